// The provider of the gateway benches, and control's socket for our gateway, in one process on one core.
// Paths that begin with /drip-20 wait 20 ms after each event of a stream, those with /status-500 answer that status.
// Arguments: port file, control socket, snapshot file.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { internalPaths, limitReport, type LimitAnswer } from '@ratchet/contract'

const [portFile = '', controlSocket = '', snapshotFile = ''] = process.argv.slice(2)

/** 1,067 bytes, as measured in earlier trials. */
const answer = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'bench-model',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'word '.repeat(142), refusal: null },
        logprobs: null,
        finish_reason: 'stop',
      },
    ],
    usage: {
      prompt_tokens: 90,
      completion_tokens: 142,
      total_tokens: 232,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    },
  }),
)
/** The same in Anthropic's format. */
const message = Buffer.from(
  JSON.stringify({
    id: 'msg_bench',
    type: 'message',
    role: 'assistant',
    model: 'bench-model',
    content: [{ type: 'text', text: 'word '.repeat(142) }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: {
      input_tokens: 90,
      output_tokens: 142,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
    },
  }),
)
const chunks = Array.from({ length: 20 }, (_, index) =>
  Buffer.from(
    `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"word${index} "},"finish_reason":null}]}\n\n`,
  ),
)
const ending = Buffer.from(
  'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n' +
    'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":20,"total_tokens":29}}\n\ndata: [DONE]\n\n',
)

function specialOf(url: string): { kind: 'drip' | 'status'; value: number } | undefined {
  if (url.startsWith('/v1/')) return undefined
  const match = /^\/(drip|status)-(\d+)\//.exec(url)
  return match === null
    ? undefined
    : { kind: match[1] === 'drip' ? 'drip' : 'status', value: Number(match[2]) }
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ error: { message: `bench says ${status}`, type: 'bench', code: null } }))
}

const provider = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  const special = specialOf(request.url ?? '')
  let isStream = false
  const isAnthropic = request.url?.endsWith('/messages') === true
  request.on('data', (part: Buffer) => (isStream ||= part.includes('"stream":true')))
  request.on('end', () => {
    if (special?.kind === 'status') return refuse(response, special.value)
    if (!isStream) {
      const body = isAnthropic ? message : answer
      response.writeHead(200, ['content-type', 'application/json', 'content-length', String(body.length)])
      response.end(body)
      return
    }
    response.writeHead(200, ['content-type', 'text/event-stream'])
    let next = 0
    const write = (): void => {
      if (response.destroyed) return
      const chunk = chunks[next++]
      if (chunk === undefined) response.end(ending)
      else {
        response.write(chunk)
        if (special === undefined) setImmediate(write)
        else setTimeout(write, special.value)
      }
    }
    write()
  })
})

const control = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' })
    response.write(`${readFileSync(snapshotFile, 'utf8')}\n`)
    setInterval(() => response.write('\n'), 5_000).unref()
    return
  }
  if (request.url === internalPaths.limits) return answerLimits(request, response)
  request.resume()
  request.on('end', () => response.writeHead(204).end())
})

let spentNano = 0

/** As control does for the only gateway: it gets what it wants. */
function answerLimits(request: IncomingMessage, response: ServerResponse): void {
  const parts: Buffer[] = []
  request.on('data', (part: Buffer) => parts.push(part))
  request.on('end', () => {
    const report = limitReport.parse(JSON.parse(Buffer.concat(parts).toString()))
    const answer: LimitAnswer = {
      gateways: 1,
      budgets: report.budgets.map((budget) => {
        spentNano += budget.spentNano
        const restNano = budget.limitNano - spentNano - budget.heldNano - budget.wantNano
        return { grantNano: budget.wantNano, spentNano, restNano, heldByOthersNano: 0 }
      }),
      rates: report.rates.map(({ want }) => ({ grant: want, others: [], heldByOthers: 0 })),
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer))
  })
}

control.listen(controlSocket)
provider.listen(0, '127.0.0.1', () => {
  const address = provider.address()
  if (typeof address === 'object' && address) writeFileSync(portFile, String(address.port))
})
