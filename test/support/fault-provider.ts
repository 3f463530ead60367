import { createServer, type Socket } from 'node:net'

/** How a provider can fail once it is reached; a request chooses by the name of its model. */
export const providerFaults = [
  'hangs-before',
  'hangs-middle',
  'half-event',
  'invalid-json',
  'wrong-content-type',
  'rate-limited',
  'server-error',
  'slow-drip',
  'closes-keep-alive',
  'endless-answer',
] as const
export type ProviderFault = (typeof providerFaults)[number]

export type FaultProvider = {
  readonly port: number
  readonly url: string
  /** Requests by model. */
  readonly seen: Map<string, number>
  readonly stop: () => Promise<void>
}

const usage = { prompt_tokens: 20, completion_tokens: 5, total_tokens: 25 }
const answer = JSON.stringify({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'healthy',
  choices: [{ index: 0, message: { role: 'assistant', content: 'All is well.' }, finish_reason: 'stop' }],
  usage,
})
const event = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'healthy', choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`
const lastEvents = `data: ${JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'healthy', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage })}\n\ndata: [DONE]\n\n`

const json = (status: string, body: string, more = ''): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`
const streamHead = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n'

/** A provider on a raw socket in OpenAI's format: healthy for the model `healthy`, else as badly as its model says. */
export async function startFaultProvider(): Promise<FaultProvider> {
  const sockets = new Set<Socket>()
  const seen = new Map<string, number>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => undefined)
    let text = ''
    let count = 0
    socket.on('data', (part: Buffer) => {
      // A greeting of TLS: whoever speaks it has come to the wrong door.
      if (text === '' && part[0] === 0x16) return void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      text += part.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      const length = Number(/content-length: *(\d+)/i.exec(text)?.[1] ?? 0)
      if (end === -1 || text.length < end + 4 + length) return
      const body = JSON.parse(text.slice(end + 4, end + 4 + length)) as { model: string; stream?: boolean }
      text = text.slice(end + 4 + length)
      seen.set(body.model, (seen.get(body.model) ?? 0) + 1)
      play(socket, body, ++count)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return {
    port,
    url: `http://127.0.0.1:${port}/v1`,
    seen,
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function play(
  socket: Socket,
  { model, stream = false }: { model: string; stream?: boolean },
  count: number,
): void {
  switch (model as ProviderFault | 'healthy') {
    case 'healthy':
      socket.write(
        stream
          ? `${streamHead}${chunk(event({ content: 'All is ' }))}${chunk(event({ content: 'well.' }))}${chunk(lastEvents)}0\r\n\r\n`
          : json('200 OK', answer),
      )
      return
    case 'hangs-before':
      return
    case 'hangs-middle':
      socket.write(
        stream
          ? streamHead + chunk(event({ content: 'All ' }))
          : `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer.slice(0, 60)}`,
      )
      return
    case 'half-event':
      socket.end(
        stream
          ? streamHead + chunk(event({ content: 'All ' })) + chunk('data: {"id":"chatcmpl-1","obj')
          : `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer.slice(0, 60)}`,
      )
      return
    case 'invalid-json':
      socket.write(
        stream
          ? `${streamHead}${chunk('data: {"id":,,,}\n\ndata: [DONE]\n\n')}0\r\n\r\n`
          : json('200 OK', '{"id": "chatcmpl-1", "choices": [}'),
      )
      return
    case 'wrong-content-type': {
      const page = '<html><h1>Welcome to nginx!</h1></html>'
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: ${page.length}\r\n\r\n${page}`,
      )
      return
    }
    case 'rate-limited':
      socket.write(json('429 Too Many Requests', '{"error":{"message":"Slow down."}}', 'retry-after: 1\r\n'))
      return
    case 'server-error':
      socket.write(json('500 Internal Server Error', '{"error":{"message":"Oops."}}'))
      return
    case 'slow-drip': {
      // What drips is white space in JSON and a comment without an end in a stream.
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: ${stream ? 'text/event-stream' : 'application/json'}\r\ncontent-length: 100000\r\n\r\n${stream ? ':' : ''}`,
      )
      const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(' ')), 50)
      return
    }
    case 'closes-keep-alive':
      // As a proxy that restarts: the second request on a connection meets a closing socket.
      if (count === 1) socket.write(json('200 OK', answer))
      else socket.destroy()
      return
    case 'endless-answer':
      flood(socket)
  }
}

/** 100 MB of one text. */
function flood(socket: Socket): void {
  const sizeBytes = 100 * 1024 * 1024
  socket.write(
    `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${sizeBytes}\r\n\r\n{"choices":[{"message":{"content":"`,
  )
  const part = Buffer.alloc(256 * 1024, 'a')
  let sent = 0
  const write = (): void => {
    while (!socket.destroyed && sent < sizeBytes) {
      sent += part.length
      if (!socket.write(part)) return void socket.once('drain', write)
    }
  }
  write()
}
