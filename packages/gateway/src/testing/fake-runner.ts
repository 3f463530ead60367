import { createServer, type ServerResponse } from 'node:http'
import { runnerRequest, type InvocationEvent, type RunnerRequest } from '@ratchet/contract'

export type FakeRunner = {
  readonly socketPath: string
  readonly seen: RunnerRequest[]
  /** What to do with a run; the default answers with sources and two pieces of text. */
  run: (request: RunnerRequest, send: (event: InvocationEvent) => void, response: ServerResponse) => void
  readonly stop: () => Promise<void>
}

const usage = {
  inputTokens: 9,
  outputTokens: 4,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

/** The runner as the gateway sees it: `/invoke` on a unix socket, answered with events. */
export async function startFakeRunner(socketPath: string): Promise<FakeRunner> {
  const seen: RunnerRequest[] = []
  const runner: FakeRunner = {
    socketPath,
    seen,
    run: (_request, send, response) => {
      send({
        type: 'sources',
        sources: [
          {
            id: '1',
            path: 'docs/gateway.md',
            title: 'Gateway',
            heading: 'Ports',
            text: 'Port 4701.',
            score: 1,
          },
        ],
      })
      send({ type: 'text', text: 'The port ' })
      send({ type: 'text', text: 'is 4701 [1].' })
      send({ type: 'node', name: 'answer', result: { status: 'completed', output: 'x', durationMs: 1 } })
      send({
        type: 'finished',
        text: 'The port is 4701 [1].',
        outputs: { answer: 'x' },
        usage,
        costNano: 5,
        finishReason: 'stop',
        durationMs: 3,
      })
      response.end()
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const parsed = runnerRequest.parse(JSON.parse(Buffer.concat(parts).toString()))
      seen.push(parsed)
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      runner.run(parsed, (event) => response.write(`${JSON.stringify(event)}\n`), response)
    })
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return runner
}
