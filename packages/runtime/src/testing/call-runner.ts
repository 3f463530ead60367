import { request } from 'node:http'
import { invocationEvent, type InvocationEvent } from '@ratchet/contract'

export const docsIndexVersion = 'd'.repeat(64)

/** An app with one node of each type; its tool fails on the text `fail`. */
export const sampleFiles = {
  'ratchet.yaml': 'name: test\nentry: flows/answer.flow.yaml\nmodels:\n  answer: offline/extractive\n',
  'flows/answer.flow.yaml': `name: answer
inputs:
  question: { type: string, chat: true }
outputs:
  answer: \${answer.output}
answer: answer
nodes:
  - name: find
    type: retrieve
    index: docs
    query: \${inputs.question}
    top: 3
  - name: shout
    type: tool
    tool: ../tools/shout.ts
    inputs: { text: "\${inputs.question}" }
    timeoutMs: 5000
  - name: answer
    type: prompt
    prompt: ../prompts/answer.prompty
    inputs:
      question: \${shout.output.text}
      context: \${find.output.text}
`,
  'prompts/answer.prompty': `---
name: answer
model:
  configuration:
    model: answer
inputs:
  question: { type: string }
  context: { type: string }
---
system:
Answer from: {{context}}
user:
{{question}}
`,
  'tools/shout.ts': `export default function (inputs: { text: string }): { text: string } {
  if (inputs.text === 'fail') throw new Error('too loud')
  return { text: inputs.text.toUpperCase() }
}
`,
  'indexes/docs.index.yaml':
    'name: docs\nsource: { folder: ../docs, include: ["*.md"] }\nembedding: offline/embedding\n',
}

/** What the runner answered: events, or the text of a refusal. */
export type RunnerAnswer = {
  readonly status: number
  readonly text: string
  readonly events: InvocationEvent[]
}

/** Calls `POST /invoke` on a runner's socket. */
export function invokeAt(
  socketPath: string,
  body: unknown,
  options: { signal?: AbortSignal; onEvent?: (event: InvocationEvent) => void; socket?: string } = {},
): Promise<RunnerAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<RunnerAnswer>()
  const outgoing = request(
    {
      socketPath,
      path: '/invoke',
      method: 'POST',
      signal: options.signal,
      agent: false,
    },
    (response) => {
      let text = ''
      let rest = ''
      const events: InvocationEvent[] = []
      response.setEncoding('utf8')
      response.on('data', (piece: string) => {
        text += piece
        const lines = (rest + piece).split('\n')
        rest = lines.pop() ?? ''
        if (response.statusCode !== 200) return
        for (const line of lines) {
          const event = invocationEvent.parse(JSON.parse(line))
          events.push(event)
          options.onEvent?.(event)
        }
      })
      response.on('error', reject)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text, events }))
    },
  )
  outgoing.on('error', reject)
  outgoing.end(typeof body === 'string' ? body : JSON.stringify(body))
  return promise
}

/** What `GET /health` says. */
export function healthAt(socketPath: string): Promise<{
  activeRuns: number
  waitingRuns: number
  status: string
  residentBytes: number
}> {
  return new Promise((resolve, reject) => {
    request({ socketPath, path: '/health', agent: false }, (response) => {
      let text = ''
      response.on('data', (piece: Buffer) => (text += piece.toString()))
      response.on('end', () => resolve(JSON.parse(text)))
    })
      .on('error', reject)
      .end()
  })
}
