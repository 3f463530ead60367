import { setTimeout as pause } from 'node:timers/promises'
import { getStatus } from '@ratchet/contract'
import { startRatchet } from '../../test/support/start-ratchet.ts'
import { median, type BenchTable } from '../bench-table.ts'

const starts = 5
const idleMs = 10_000
const mib = 1024 * 1024
const limitsMib: Readonly<Record<string, number>> = { control: 700, gateway: 150, runner: 150 }

/** Time until console, API, gateway and runner answer, and memory of each process when idle; data folder of a first start. */
export async function runStartUpBench(): Promise<BenchTable> {
  const begin = performance.now()
  const ratchet = await startRatchet()
  const firstMs = performance.now() - begin
  try {
    const laterMs: number[] = []
    for (let round = 0; round < starts; round += 1) {
      await ratchet.stopKeepingData()
      const start = performance.now()
      await ratchet.startAgain()
      laterMs.push(performance.now() - start)
    }
    await pause(idleMs)
    const { processes } = await ratchet.client.call(getStatus, {})
    const memory = processes.map(({ name, memoryBytes = 0 }) => ({
      name,
      mib: Math.round(memoryBytes / mib),
    }))
    const middle = median(laterMs)
    return {
      title: 'Start-up and idle memory of the installed tree',
      columns: ['what', 'figure'],
      rows: [
        ['first start (creates both databases)', `${(firstMs / 1000).toFixed(2)} s`],
        [`later starts, median of ${starts}`, `${(middle / 1000).toFixed(2)} s`],
        [`later starts, slowest of ${starts}`, `${(Math.max(...laterMs) / 1000).toFixed(2)} s`],
        ...memory.map(({ name, mib: size }) => [
          `${name} resident, idle for ${idleMs / 1000} s`,
          `${size} MiB`,
        ]),
      ],
      notes: ['Ready means: both ports answer /health/ready. Time includes starting Node itself.'],
      checks: [
        {
          name: 'later start',
          value: `${(middle / 1000).toFixed(2)} s`,
          target: '< 3 s',
          passed: middle < 3000,
        },
        ...memory.map(({ name, mib: size }) => {
          const limit = limitsMib[name] ?? 0
          return {
            name: `${name} memory`,
            value: `${size} MiB`,
            target: `< ${limit} MB`,
            passed: size < limit,
          }
        }),
      ],
    }
  } finally {
    await ratchet.stop()
  }
}
