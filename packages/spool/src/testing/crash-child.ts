// Writes spans as fast as it can and prints the id of each one that is acknowledged, until it is killed.
import { writeSync } from 'node:fs'
import { makeHttpSender } from '../shipping/send-shipment.ts'
import { startSpool } from '../start-spool.ts'
import { exampleRecord } from './example-record.ts'

const [root = '', instance = '', socketPath = ''] = process.argv.slice(2)
const spool = await startSpool({
  root,
  process: 'gateway',
  instance,
  send: makeHttpSender({ socketPath }, 'token'),
  segmentBytes: 64 * 1024,
  delayMs: 5,
  maxRows: 50,
})

function writeNext(): void {
  const record = exampleRecord()
  spool.append(record, () => {
    writeSync(1, `${record.spanId}\n`)
    setTimeout(writeNext, 1)
  })
}
for (let index = 0; index < 8; index++) writeNext()
