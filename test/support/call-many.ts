import { connect } from 'node:net'

export type ManyCalls = {
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly calls: number
  readonly connections: number
}

/**
 * Makes a number of chat calls over raw sockets, which takes little of the processor; on each connection the next as
 * soon as one ends. Fails when one is not answered with 200 and a length.
 */
export async function callMany({ port, headers, body, calls, connections }: ManyCalls): Promise<void> {
  const lines = Object.entries({ ...headers, host: 'localhost', 'content-length': Buffer.byteLength(body) })
  const message = Buffer.from(
    `POST /v1/chat/completions HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`,
  )
  let left = calls
  const run = () =>
    new Promise<void>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      let received = ''
      const next = () => {
        received = ''
        left -= 1
        if (left >= 0) return void socket.write(message)
        socket.destroy()
        resolve()
      }
      socket.setNoDelay(true)
      socket.setEncoding('latin1')
      socket.once('connect', next)
      socket.once('error', reject)
      socket.once('end', () => reject(new Error(`the server hung up after: ${received}`)))
      socket.on('data', (text: string) => {
        received += text
        const head = received.indexOf('\r\n\r\n')
        if (head === -1) return
        const length = /content-length: (\d+)/i.exec(received.slice(0, head))?.[1]
        if (length === undefined || !received.startsWith('HTTP/1.1 200')) reject(new Error(received))
        else if (received.length >= head + 4 + Number(length)) next()
      })
    })
  await Promise.all(Array.from({ length: connections }, run))
}
