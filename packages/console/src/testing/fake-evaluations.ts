import type { Evaluation, EvaluationItem, Metric, MetricComparison } from '@ratchet/contract'
import { fakeHex, fakeShare, fakeUuid, minutesBefore } from './fake-ids.ts'

const metric = (
  mean: number,
  half: number,
  n = 44,
  unscored = 0,
  method: Metric['method'] = 'clustered',
): Metric => ({
  mean,
  low: mean - half,
  high: mean + half,
  n,
  unscored,
  method,
})

/** Evaluation number `number` (0 is the newest). */
export function fakeEvaluation(number: number, now: Date, state: Evaluation['state'] = 'done'): Evaluation {
  const shift = number * 0.02
  const isDone = state === 'done'
  return {
    id: fakeUuid(100 + number),
    name: 'docs-quality',
    state,
    target: 'app/docs-assistant',
    targetRelease: `r${String(Math.max(1, 3 - number))}`,
    dataset: { name: 'golden', version: fakeHex(8, 64) },
    spec: {
      name: 'docs-quality',
      target: 'app/docs-assistant',
      question: 'question',
      concurrency: 4,
      repeats: 1,
      timeoutMs: 60_000,
      evaluators: ['token-f1', 'retrieval-recall', 'groundedness', 'abstention', 'latency'],
      thresholds: ['retrieval-recall >= 0.7', 'token-f1.low > 0.2'],
      cluster: 'page',
    },
    progress: { done: isDone ? 44 : 17, total: 44, failed: number === 1 ? 2 : 0 },
    metrics: {
      'token-f1': metric(0.412 - shift, 0.061),
      'retrieval-recall': metric(0.886 - shift, 0.094, 41, 3, 'wilson'),
      groundedness: metric(0.973 - shift, 0.021),
      abstention: metric(0.932 - shift, 0.072, 44, 0, 'wilson'),
      latency: metric(182 + number * 30, 21, 44, 0, 't'),
    },
    thresholds: [
      { expression: 'retrieval-recall >= 0.7', passed: true, actual: 0.886 - shift },
      { expression: 'token-f1.low > 0.2', passed: number !== 2, actual: 0.351 - shift },
    ],
    passed: isDone ? number !== 2 : null,
    error:
      state === 'failed'
        ? 'The model offline/extractive was not reachable for 10 items in a row. Test the connection under Settings.'
        : undefined,
    createdBy: 'ada',
    createdAt: minutesBefore(now, 12 + number * 410),
    endedAt: isDone ? minutesBefore(now, 11 + number * 410) : undefined,
  }
}

export function fakeItems(count: number, run = 0): EvaluationItem[] {
  return Array.from({ length: count }, (_, index) => {
    const f1 = Math.round(fakeShare(index + run * 5) * 1000) / 1000
    const failed = index % 17 === 9
    return {
      itemId: `ports-${String(index + 1)}`,
      repeat: 1,
      inputs: {
        question:
          index % 3 === 0 ? 'Which port does the gateway use?' : 'How do I rotate the secrets of a project?',
      },
      expected: { answer: '4701', page: 'install.md' },
      metadata: { difficulty: index % 2 === 0 ? 'easy' : 'hard', page: 'install.md' },
      output: failed
        ? ''
        : `The gateway listens on port 4701 [1]. ${index % 4 === run ? 'Set RATCHET_GATEWAY_PORT to change it.' : 'The console is on 4700.'}`,
      error: failed ? 'timeout: no answer within 60 s' : '',
      traceId: fakeHex(index, 32),
      latencyMs: 90 + Math.round(fakeShare(index) * 400),
      costNano: 0,
      scores: {
        'token-f1': { score: failed ? null : f1, reason: failed ? 'no answer' : '5 of 9 words shared' },
        'retrieval-recall': {
          score: index % 6 === 4 ? 0 : 1,
          passed: index % 6 !== 4,
          reason: 'install.md at rank 1',
        },
        groundedness: { score: 1, passed: true, reason: 'every sentence is supported' },
        abstention: { score: 1, passed: true, reason: '' },
        latency: { score: 90 + Math.round(fakeShare(index) * 400), reason: '' },
      },
    }
  })
}

const difference = (
  value: number,
  half: number,
  p: number,
  improved: number,
  worse: number,
): MetricComparison => ({
  difference: value,
  low: value - half,
  high: value + half,
  p,
  pAdjusted: Math.min(1, p * 5),
  n: 44,
  improved,
  worse,
  equal: 44 - improved - worse,
})

export const fakeComparison: Readonly<Record<string, MetricComparison>> = {
  'token-f1': difference(0.041, 0.022, 0.0004, 19, 7),
  'retrieval-recall': difference(0.02, 0.049, 0.41, 3, 2),
  groundedness: difference(-0.031, 0.018, 0.002, 2, 11),
  abstention: difference(0, 0.03, 1, 1, 1),
  latency: difference(-28, 19, 0.006, 30, 14),
}
