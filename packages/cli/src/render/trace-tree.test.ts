import type { Span } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { makePaint } from './paint.ts'
import { renderTraceTree } from './trace-tree.ts'

function makeSpan(parts: Partial<Span> & Pick<Span, 'spanId' | 'name' | 'type'>): Span {
  return {
    traceId: '0'.repeat(32),
    parentSpanId: '',
    environment: 'development',
    startedAt: '2026-11-21T12:00:00.000Z',
    offsetUs: 0,
    durationUs: 1000,
    status: 'ok',
    errorCode: '',
    errorMessage: '',
    finishReason: '',
    model: '',
    provider: '',
    connection: '',
    usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
    usageEstimated: false,
    costNano: 0,
    costKnown: true,
    app: '',
    release: '',
    deployment: '',
    arm: '',
    prompt: '',
    sessionId: '',
    userId: '',
    input: null,
    output: null,
    attributes: {},
    ...parts,
  }
}

test('a batch shows its requests, and a call what it used beside tokens', () => {
  const usage = {
    inputTokens: 5,
    outputTokens: 5,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
  const text = renderTraceTree(
    [
      makeSpan({
        spanId: 'a',
        name: 'batch openai/gpt',
        type: 'batch',
        costNano: 1e9,
        usage: { ...usage, units: { requests: 95, searches: 2 } },
      }),
    ],
    makePaint(false),
  )
  expect(text).toContain('95 requests  2 searches')
  expect(text).toContain('$1.00')
})

test('a trace shows its steps in order of time, with figures, and a late parent’s child as a root', () => {
  const usage = {
    inputTokens: 1200,
    outputTokens: 34,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  }
  const text = renderTraceTree(
    [
      makeSpan({ spanId: 'a', name: 'docs', type: 'app', durationUs: 42_000 }),
      makeSpan({
        spanId: 'c',
        parentSpanId: 'b',
        name: 'chat',
        type: 'llm',
        model: 'offline/extractive',
        usage,
        costNano: 420_000,
      }),
      makeSpan({ spanId: 'b', parentSpanId: 'a', name: 'answer', type: 'prompt', offsetUs: 9 }),
      makeSpan({ spanId: 'd', parentSpanId: 'a', name: 'find', type: 'retrieve', offsetUs: 3 }),
      makeSpan({
        spanId: 'e',
        parentSpanId: 'gone',
        name: 'lost',
        type: 'tool',
        status: 'error',
        errorCode: 'tool_failed',
        errorMessage: 'boom',
      }),
    ],
    makePaint(false),
  )
  const lines = text.split('\n')
  expect(lines.map((line) => line.slice(0, 18).trimEnd())).toEqual([
    'app docs',
    '├─ retrieve find',
    '└─ prompt answer',
    '   └─ llm chat',
    'tool lost',
    '',
  ])
  expect(lines[3]).toContain('1,200 → 34 tokens')
  expect(lines[3]).toMatch(/\$0\.00042 +offline\/extractive$/)
  expect(lines[5]).toContain('tool_failed: boom')
})

test('a call by a route shows the route, the model that answered, and why it was that one', () => {
  const text = renderTraceTree(
    [
      makeSpan({
        spanId: 'a',
        name: 'mistral/small',
        type: 'llm',
        model: 'small',
        attributes: { route: 'support', reason: 'after timeout at openai/gpt: fallback' },
      }),
      makeSpan({
        spanId: 'b',
        parentSpanId: 'a',
        name: 'attempt openai/gpt',
        type: 'llm',
        model: 'gpt',
        attributes: { attempt: 1, reason: 'weighted 90 %' },
      }),
    ],
    makePaint(false),
  )
  const [call, attempt] = text.split('\n')
  expect(call).toMatch(/^llm support → mistral\/small .* small +after timeout at openai\/gpt: fallback$/)
  expect(attempt).toMatch(/^└─ llm attempt openai\/gpt .* gpt +weighted 90 %$/)
})
