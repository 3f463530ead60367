import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** A model call as the gateway sees it. */
export type SeenModelCall = {
  readonly headers: IncomingMessage['headers']
  readonly body: Readonly<Record<string, unknown>>
  /** Settles when the caller closes the connection before the end. */
  readonly closed: Promise<void>
}

export type FakeGateway = {
  readonly url: string
  readonly calls: SeenModelCall[]
  /** How to answer; the default streams {@link streamText} of `Port 4701 [1].`. */
  answer: (response: ServerResponse, call: SeenModelCall) => void | Promise<void>
  readonly stop: () => Promise<void>
}

/** The gateway as the runner sees it: chat completions as server-sent events. `port` 0: any free one. */
export async function startFakeGateway(port = 0): Promise<FakeGateway> {
  const calls: SeenModelCall[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const closed = new Promise<void>((resolve) => {
        response.on('close', () => {
          if (!response.writableFinished) resolve()
        })
      })
      const body = JSON.parse(Buffer.concat(parts).toString()) as Record<string, unknown>
      const call = { headers: request.headers, body, closed }
      calls.push(call)
      void gateway.answer(response, call)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const address = server.address()
  const gateway: FakeGateway = {
    url: `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`,
    calls,
    answer: (response) => streamText(response, ['Port ', '4701 ', '[1].']),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return gateway
}

/** Begins an event stream. */
export function startStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
}

/** One event of the stream. */
export function writeEvent(response: ServerResponse, data: unknown): void {
  response.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)
}

/** A piece of text as OpenAI sends it. */
export function textChunk(content: string, finishReason: string | null = null): object {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta: { content }, finish_reason: finishReason }],
  }
}

/** A whole streamed answer with usage. */
export function streamText(response: ServerResponse, texts: readonly string[]): void {
  startStream(response)
  for (const text of texts) writeEvent(response, textChunk(text))
  writeEvent(response, textChunk('', 'stop'))
  const usage = {
    prompt_tokens: 11,
    completion_tokens: 5,
    total_tokens: 16,
    prompt_tokens_details: { cached_tokens: 3 },
    completion_tokens_details: { reasoning_tokens: 2 },
  }
  writeEvent(response, { id: 'chatcmpl-1', object: 'chat.completion.chunk', choices: [], usage })
  writeEvent(response, '[DONE]')
  response.end()
}
