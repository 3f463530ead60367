import { randomBytes } from 'node:crypto'
import { getEvaluation, getTrace, listEvaluationItems, listTraces, startEvaluation } from '@ratchet/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bootstrapKey, pause, startRatchet, waitFor, type RunningRatchet } from './support/start-ratchet.ts'

let ratchet: RunningRatchet

beforeAll(async () => {
  ratchet = await startRatchet({ args: ['--sample'] })
  await waitFor(
    'the sample app answers',
    async () => ((await ask('app/docs-assistant', newTraceId())) ? true : undefined),
    200_000,
  )
})
afterAll(() => ratchet.stop())

function newTraceId(): string {
  return randomBytes(16).toString('hex')
}

/** True when the whole answer arrived, which is what "acknowledged" means. */
async function ask(model: string, traceId: string, stream = false): Promise<boolean> {
  try {
    const response = await fetch(`${ratchet.gatewayUrl}/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${bootstrapKey}`,
        'content-type': 'application/json',
        traceparent: `00-${traceId}-${randomBytes(8).toString('hex')}-01`,
      },
      body: JSON.stringify({
        model,
        stream,
        messages: [{ role: 'user', content: 'Which port does the gateway use?' }],
      }),
      signal: AbortSignal.timeout(20_000),
    })
    const text = await response.text()
    return response.ok && (!stream || text.includes('[DONE]'))
  } catch {
    return false
  }
}

type Load = { readonly acknowledged: Set<string>; readonly stop: () => Promise<void> }

function startLoad(): Load {
  const acknowledged = new Set<string>()
  let isRunning = true
  const worker = async (index: number): Promise<void> => {
    const model = index % 4 === 0 ? 'app/docs-assistant' : 'offline/extractive'
    while (isRunning) {
      const traceId = newTraceId()
      if (await ask(model, traceId, index % 2 === 0)) acknowledged.add(traceId)
      else await pause(20)
    }
  }
  const workers = Array.from({ length: 8 }, (_, index) => worker(index))
  return {
    acknowledged,
    stop: async () => {
      isRunning = false
      await Promise.all(workers)
    },
  }
}

/** `kill -9` of a process; of the next one where the last is dead and its record still there. */
function killOne(name: 'gateway' | 'runner'): Promise<true> {
  return waitFor(`a ${name} to kill`, async () => process.kill(ratchet.pidOf(name), 'SIGKILL'))
}

/** Those of the traces that are not stored with the span of their model call, whose tokens the list adds up. */
async function missingTraces(traceIds: readonly string[]): Promise<string[]> {
  const missing = new Set(traceIds)
  for await (const { items } of ratchet.client.pages(listTraces, { query: { limit: 200 } })) {
    for (const { traceId, usage } of items) if (usage.outputTokens > 0) missing.delete(traceId)
    if (missing.size === 0) break
  }
  return [...missing]
}

test('kill -9 of gateway, runner, control and all of them under load loses no acknowledged span', async () => {
  const load = startLoad()
  for (const name of ['gateway', 'runner', 'gateway'] as const) {
    await pause(300 + Math.random() * 700)
    await killOne(name)
    await pause(700)
  }
  // Without control nobody starts it again: it has to be there.
  await waitFor(
    'the gateway serves again',
    async () => (await ask('offline/extractive', newTraceId())) || undefined,
  )
  const beforeControlDied = load.acknowledged.size
  await ratchet.killControl()
  await waitFor('the gateway serves without control', async () =>
    load.acknowledged.size > beforeControlDied + 20 ? true : undefined,
  )
  await ratchet.startAgain()
  await waitFor('more than a hundred answers', async () => (load.acknowledged.size > 100 ? true : undefined))
  await pause(500)
  for (const name of ['gateway', 'runner'] as const) await killOne(name)
  await ratchet.killControl()
  await load.stop()
  await ratchet.startAgain()

  let missing = [...load.acknowledged]
  await waitFor(`all ${missing.length} acknowledged traces stored`, async () =>
    (missing = await missingTraces(missing)).length === 0 ? true : undefined,
  )
  expect(missing).toEqual([])
})

test('no span is stored twice after resends', async () => {
  const traceId = await waitFor('an answer of the app', async () => {
    const asked = newTraceId()
    return (await ask('app/docs-assistant', asked)) ? asked : undefined
  })
  const trace = await waitFor('the trace', async () => {
    const answer = await ratchet.client.call(getTrace, { params: { traceId } }).catch(() => undefined)
    return answer && answer.spans.length >= 4 ? answer : undefined
  })
  expect(new Set(trace.spans.map((span) => span.spanId)).size).toBe(trace.spans.length)
})

test('an evaluation goes on after kill -9 of control, and asks no item twice', async () => {
  const repeats = 3
  const { evaluation: started } = await ratchet.client.call(startEvaluation, {
    body: {
      spec: {
        name: 'survivor',
        target: 'app/docs-assistant',
        concurrency: 2,
        repeats,
        evaluators: ['token-f1', 'latency'],
      },
      dataset: { name: 'golden' },
    },
  })
  const params = { id: started.id }
  const read = async () => (await ratchet.client.call(getEvaluation, { params })).evaluation
  await waitFor('a part of it is done', async () => (await read()).progress.done > 20 || undefined)
  await ratchet.killControl()
  await ratchet.startAgain()
  const done = await waitFor(
    'the evaluation ends',
    async () => {
      const evaluation = await read()
      return ['done', 'failed', 'cancelled'].includes(evaluation.state) ? evaluation : undefined
    },
    200_000,
  )

  expect(done).toMatchObject({ state: 'done', progress: { done: started.progress.total, failed: 0 } })
  const asked: string[] = []
  for await (const { items } of ratchet.client.pages(listEvaluationItems, { params, query: { limit: 200 } }))
    asked.push(...items.map(({ itemId, repeat }) => `${itemId} ${repeat}`))
  expect(asked).toHaveLength(started.progress.total)
  expect(new Set(asked).size).toBe(asked.length)
  expect(done.metrics['latency']?.n).toBe(started.progress.total)
})
