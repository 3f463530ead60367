import { AppError, type ChatMessage, type InvocationEvent } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { loadFolder } from '../testing/app-folder.ts'
import type {
  ExecutionParts,
  ExecutionRequest,
  ModelCall,
  RetrieveCall,
  StepSpan,
  ToolCall,
} from './execution-parts.ts'
import { runEntry } from './run-entry.ts'

const source = { id: '1', path: 'a.md', title: 'Install', heading: 'Ports', text: 'Port 4701.', score: 1 }
const usage = {
  inputTokens: 10,
  outputTokens: 2,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

type Answers = {
  callModel?: (call: ModelCall, attempt: number) => Promise<string> | string
  retrieve?: (call: RetrieveCall) => Promise<(typeof source)[]>
  runTool?: (call: ToolCall) => Promise<unknown>
}

/** Runs an entry of an app with parts of the test's own, and keeps what happened. */
async function run(
  changes: Record<string, string | undefined>,
  request: Partial<ExecutionRequest> = {},
  answers: Answers = {},
) {
  const events: InvocationEvent[] = []
  const spans: StepSpan[] = []
  const calls: ModelCall[] = []
  let ids = 0
  const parts: ExecutionParts = {
    callModel: async (call) => {
      calls.push(call)
      const text = await (answers.callModel?.(call, calls.length) ?? 'An answer [1].')
      for (const piece of text.split(/(?<= )/)) call.onText?.(piece)
      return { text, toolCalls: [], finishReason: 'stop', usage, costNano: 5 }
    },
    retrieve: answers.retrieve ?? (async () => [source]),
    runTool: answers.runTool ?? (async ({ inputs }) => inputs),
    emit: (event) => events.push(event),
    recordSpan: (span) => spans.push(span),
    newSpanId: () => String(++ids).padStart(16, '0'),
    nowUs: () => Math.round(performance.now() * 1000) + 1_700_000_000_000_000,
  }
  const whole: ExecutionRequest = {
    messages: [],
    inputs: { question: 'Which port?' },
    parent: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
    signal: new AbortController().signal,
    ...request,
  }
  const done = runEntry(loadFolder(changes), whole, parts)
  await done
  return { events, spans, calls, last: events.at(-1), nodes: nodesOf(events) }
}

function nodesOf(events: readonly InvocationEvent[]): Record<string, string> {
  return Object.fromEntries(
    events.flatMap((event) => (event.type === 'node' ? [[event.name, event.result.status]] : [])),
  )
}

function flowOf(nodes: string, frame = 'outputs: {}\n'): Record<string, string> {
  return {
    'flows/answer.flow.yaml': `inputs:\n  question: string\n${frame}nodes:\n${nodes}`,
    'tools/t.ts': 'export default (x) => x',
  }
}
const tool = (name: string, more = '') =>
  `  - name: ${name}\n    type: tool\n    tool: ../tools/t.ts\n${more}`

test('the sample flow retrieves, answers and streams, with a span per step', async () => {
  const { events, spans, calls } = await run({})
  expect(events.map((event) => event.type)).toEqual([
    'sources',
    'node',
    'text',
    'text',
    'text',
    'node',
    'finished',
  ])
  expect(calls[0]).toMatchObject({
    model: 'offline/extractive',
    parameters: { temperature: 0 },
    messages: [
      { role: 'system', content: 'Answer from these passages only.\n[1] Install > Ports\nPort 4701.' },
      { role: 'user', content: 'Which port?' },
    ],
  })
  expect(events.at(-1)).toMatchObject({
    type: 'finished',
    text: 'An answer [1].',
    outputs: { answer: 'An answer [1].', sources: [source] },
    usage,
    costNano: 5,
    finishReason: 'stop',
    firstTextMs: expect.any(Number) as number,
  })
  const [find, answer, flow] = spans
  expect(flow).toMatchObject({
    type: 'flow',
    name: 'answer',
    parentSpanId: 'b'.repeat(16),
    status: 'ok',
    input: '{"question":"Which port?"}',
  })
  expect(find).toMatchObject({ type: 'retrieve', name: 'find', parentSpanId: flow?.spanId })
  expect(answer).toMatchObject({
    type: 'prompt',
    parentSpanId: flow?.spanId,
    prompt: 'prompts/answer.prompty',
    output: 'An answer [1].',
  })
  expect(calls[0]?.parent).toEqual({ traceId: 'a'.repeat(32), spanId: answer?.spanId })
  expect(answer?.firstTokenUs).toBeGreaterThan(0)
})

test('the last user message is the chat input, earlier ones are the history, system messages are dropped', async () => {
  const body = 'user:\n{% for m in chat_history %}{{ m.role }}={{ m.content }};{% endfor %}{{ question }}'
  const prompt = `---\nname: answer\nmodel: { configuration: { model: offline/extractive } }\ninputs: { question: string, passages: string }\n---\n${body}{{ passages[:0] }}`
  const messages: ChatMessage[] = [
    { role: 'system', content: 'Obey me' },
    { role: 'user', content: 'one' },
    { role: 'assistant', content: 'two' },
    { role: 'user', content: [{ type: 'text', text: 'three' }] },
  ]
  const { calls } = await run({ 'prompts/answer.prompty': prompt }, { inputs: {}, messages })
  expect(calls[0]?.messages[0]?.content).toBe('user=one;assistant=two;three')
})

test('a prompt runs by itself as an entry, without a flow span, with its sample when nothing is given', async () => {
  const prompt =
    '---\nname: solo\nmodel: { configuration: { model: offline/extractive } }\ninputs: { a: string }\nsample: { a: from sample }\n---\nuser:\n{{ a }}'
  const files = { 'prompts/solo.prompty': prompt }
  const { calls, spans, last } = await run(files, { entry: 'prompts/solo.prompty', inputs: {} })
  expect(calls[0]?.messages).toEqual([{ role: 'user', content: 'from sample' }])
  expect(spans).toHaveLength(1)
  expect(spans[0]).toMatchObject({ type: 'prompt', name: 'solo', parentSpanId: 'b'.repeat(16) })
  expect(last).toMatchObject({ type: 'finished', outputs: { answer: 'An answer [1].' } })
  const chat = await run(files, {
    entry: 'prompts/solo.prompty',
    inputs: {},
    messages: [{ role: 'user', content: 'Hi' }],
  })
  expect(chat.calls[0]?.messages).toEqual([{ role: 'user', content: 'Hi' }])
})

test('a prompt with declared outputs asks for JSON and gives an object', async () => {
  const prompt =
    '---\nname: solo\nmodel: { configuration: { model: offline/extractive } }\ninputs: { a: string }\noutputs: { label: string, score: int }\n---\nuser:\n{{ a }}'
  const files = { 'prompts/solo.prompty': prompt }
  const good = await run(
    files,
    { entry: 'prompts/solo.prompty', inputs: { a: 'x' } },
    { callModel: () => '{"label":"b","score":2}' },
  )
  expect(good.calls[0]?.parameters).toMatchObject({ response_format: { type: 'json_schema' } })
  expect(good.last).toMatchObject({ type: 'finished', outputs: { label: 'b', score: 2 } })
  const bad = await run(
    files,
    { entry: 'prompts/solo.prompty', inputs: { a: 'x' } },
    { callModel: () => 'no' },
  )
  expect(bad.last).toMatchObject({ type: 'failed', error: { code: 'provider_error' } })
})

test('nodes that need each other wait, others run at the same time', async () => {
  const order: string[] = []
  const flow = flowOf(
    [
      tool('a', '    inputs: { n: a }\n'),
      tool('b', '    inputs: { n: b }\n'),
      tool('c', '    inputs: { n: c, x: "${a.output}", y: "${b.output}" }\n'),
    ].join(''),
    'outputs:\n  all: ${c.output}\n',
  )
  const { last } = await run(
    flow,
    {},
    {
      runTool: async ({ inputs }) => {
        order.push(`start ${String(inputs['n'])}`)
        await new Promise((resolve) => setTimeout(resolve, inputs['n'] === 'a' ? 20 : 5))
        order.push(`end ${String(inputs['n'])}`)
        return inputs
      },
    },
  )
  expect(order).toEqual(['start a', 'start b', 'end b', 'end a', 'start c', 'end c'])
  expect(last).toMatchObject({ outputs: { all: { n: 'c', x: { n: 'a' }, y: { n: 'b' } } } })
})

test('a condition that fails bypasses its node and those that need only it', async () => {
  const flow = flowOf(
    [
      tool('yes', '    when: ${inputs.question} == "go"\n    inputs: { v: yes }\n'),
      tool('no', '    when: ${inputs.question} != "go"\n    inputs: { v: no }\n'),
      tool('after', '    inputs: { x: "${yes.output.v}" }\n'),
      tool('join', '    inputs: { x: "${yes.output.v}${no.output.v}" }\n'),
      tool('asks', '    when: ${yes.output} == null\n'),
    ].join(''),
    'outputs:\n  x: ${join.output.x}\n  after: ${after.output}\n  asks: ${asks.output}\n',
  )
  const { nodes, last, spans } = await run(flow)
  expect(nodes).toEqual({
    yes: 'bypassed',
    no: 'completed',
    after: 'bypassed',
    join: 'completed',
    asks: 'bypassed',
  })
  expect(last).toMatchObject({ outputs: { x: 'no', after: null, asks: null } })
  expect(spans.map((span) => span.name)).toEqual(['no', 'join', 'answer'])
})

test('when the answer node is bypassed, the text comes from the outputs', async () => {
  const flow = flowOf(
    [tool('a', '    when: false\n'), tool('b', '    inputs: { text: sorry }\n')].join(''),
    'outputs:\n  answer: ${a.output}${b.output.text}\n  b: ${b.output}\nanswer: a\n',
  )
  const { events, last } = await run(flow)
  expect(events.filter((event) => event.type === 'text')).toEqual([{ type: 'text', text: 'sorry' }])
  expect(last).toMatchObject({ type: 'finished', text: 'sorry' })
})

test('a node that fails stops the others, and the failure names it', async () => {
  let aborted = false
  const flow = flowOf(
    [
      tool('bad', '    inputs: { n: bad }\n'),
      tool('slow', '    inputs: { n: slow }\n'),
      tool('after', '    inputs: { x: "${slow.output}" }\n'),
    ].join(''),
    'outputs:\n  x: ${after.output}${bad.output}\n',
  )
  const { nodes, last, spans } = await run(
    flow,
    {},
    {
      runTool: ({ inputs, signal }) =>
        new Promise((_resolve, reject) => {
          if (inputs['n'] === 'bad')
            setTimeout(() => reject(new AppError('tool_failed', { message: 'boom' })), 5)
          signal.addEventListener('abort', () => (aborted = true))
        }),
    },
  )
  expect(nodes).toEqual({ bad: 'failed', slow: 'cancelled', after: 'cancelled' })
  expect(aborted).toBe(true)
  expect(last).toEqual({
    type: 'failed',
    error: { code: 'tool_failed', message: 'Node "bad": boom', details: { node: 'bad' } },
  })
  expect(spans.map((span) => [span.name, span.status])).toEqual([
    ['bad', 'error'],
    ['slow', 'cancelled'],
    ['answer', 'error'],
  ])
})

test('a node is tried again as often as it may, unless trying cannot help', async () => {
  const flow = flowOf(tool('t', '    retry: { times: 2, delayMs: 1 }\n'), 'outputs:\n  x: ${t.output}\n')
  let tries = 0
  const flaky = await run(
    flow,
    {},
    {
      runTool: async () => {
        tries += 1
        if (tries < 3) throw new AppError('provider_error', { message: 'busy' })
        return 'ok'
      },
    },
  )
  expect(flaky.last).toMatchObject({ type: 'finished', outputs: { x: 'ok' } })
  expect(flaky.spans[0]?.attributes).toMatchObject({ attempts: 3 })
  tries = 0
  const refused = await run(
    flow,
    {},
    {
      runTool: async () => {
        tries += 1
        throw new AppError('forbidden', { message: 'no' })
      },
    },
  )
  expect(tries).toBe(1)
  expect(refused.last).toMatchObject({ type: 'failed', error: { code: 'forbidden' } })
})

test('an answer that has begun is not started over', async () => {
  const flow = {
    'flows/answer.flow.yaml':
      'inputs: { question: string }\nanswer: a\nnodes:\n  - name: a\n    type: prompt\n    prompt: ../prompts/answer.prompty\n    retry: { times: 3 }\n    inputs: { question: "${inputs.question}", passages: x }\n',
  }
  const { calls, last } = await run(
    flow,
    {},
    {
      callModel: (call) => {
        call.onText?.('Half ')
        throw new AppError('provider_stream_cut', { message: 'cut' })
      },
    },
  )
  expect(calls).toHaveLength(1)
  expect(last).toMatchObject({ type: 'failed', error: { code: 'provider_stream_cut' } })
})

test('a node that takes too long fails with its name and limit, also when it does not heed the signal', async () => {
  const flow = flowOf(tool('t', '    timeoutMs: 20\n'), 'outputs:\n  x: ${t.output}\n')
  const { last } = await run(flow, {}, { runTool: () => new Promise(() => {}) })
  expect(last).toMatchObject({
    type: 'failed',
    error: {
      code: 'timeout',
      message: 'Node "t" took longer than 20 ms. Raise its timeoutMs, or give it less to do.',
    },
  })
})

test('when the caller leaves, running nodes are cancelled and nothing more is told', async () => {
  const leaving = new AbortController()
  const spans: StepSpan[] = []
  const events: InvocationEvent[] = []
  const running = runEntry(
    loadFolder({}),
    {
      messages: [],
      inputs: { question: 'x' },
      parent: { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) },
      signal: leaving.signal,
    },
    {
      callModel: ({ signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
      retrieve: async () => [],
      runTool: async () => null,
      emit: (event) => events.push(event),
      recordSpan: (span) => spans.push(span),
      newSpanId: () => 'c'.repeat(16),
      nowUs: () => 1,
    },
  )
  setTimeout(() => leaving.abort(new Error('left')), 10)
  await expect(running).rejects.toThrow('left')
  expect(spans.map((span) => [span.name, span.status])).toEqual([
    ['find', 'ok'],
    ['answer', 'cancelled'],
    ['answer', 'cancelled'],
  ])
  expect(events.map((event) => event.type)).not.toContain('failed')
})

test('missing inputs, wrong types and unknown entries fail with what to do', async () => {
  const missing = await run({}, { inputs: { qestion: 'x' } })
  expect(missing.last).toMatchObject({
    error: {
      code: 'validation_failed',
      message: 'Input "question" of flows/answer.flow.yaml has no value. You gave "qestion".',
    },
  })
  const unknown = await run({}, { entry: 'flows/anser.flow.yaml' })
  expect(unknown.last).toMatchObject({
    error: {
      code: 'not_found',
      message: 'The release has no flow or prompt "flows/anser.flow.yaml". It has: flows/answer.flow.yaml.',
    },
  })
})

test('an empty question retrieves nothing and asks nobody', async () => {
  const { events } = await run(
    {},
    { inputs: { question: '  ' } },
    { retrieve: () => Promise.reject(new Error('asked')) },
  )
  expect(events[0]).toEqual({ type: 'sources', sources: [] })
})
