import type { Span, TraceSummary } from '@ratchet/contract'
import { fakeHex, fakeShare, minutesBefore } from './fake-ids.ts'

const questions = [
  'Which port does the gateway use?',
  'How do I add a connection to Ollama?',
  'What happens to telemetry when ClickHouse is down?',
  'How are releases versioned?',
  'Can I bring prompts from prompt flow?',
  'Wie sichere ich die Daten eines Projekts?',
  '如何在开发环境中部署一个版本?',
  'איך מפעילים הערכה משורת הפקודה?',
  'What does “unscored” mean in an evaluation, and why is it not zero when the judge model refuses to answer for a long and complicated reason that nobody expected?',
]
const noUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
}

/** Trace summaries, newest first, with a few failures and slow ones. */
export function fakeTraces(count: number, now: Date): TraceSummary[] {
  return Array.from({ length: count }, (_, index) => {
    const isModel = index % 7 === 3
    const isError = index % 11 === 5
    const durationMs = Math.round((60 + fakeShare(index) ** 3 * 4000) * 10) / 10
    return {
      traceId: fakeHex(index, 32),
      rootSpanId: fakeHex(index + 50_000, 16),
      name: isModel ? 'chat offline/extractive' : 'docs-assistant',
      type: isModel ? 'llm' : 'app',
      environment: 'development',
      startedAt: minutesBefore(now, index * 1.7 + 0.2),
      durationMs,
      firstTokenMs: isError ? undefined : durationMs * 0.4,
      status: isError ? 'error' : index % 23 === 9 ? 'cancelled' : 'ok',
      errorMessage: isError ? 'The provider closed the stream after 214 of about 500 tokens.' : undefined,
      model: index % 5 === 0 ? 'openai/gpt-4.1-mini' : 'offline/extractive',
      app: isModel ? '' : 'docs-assistant',
      release: isModel ? '' : 'r3',
      sessionId: `session-${String(index % 9)}`,
      userId: index % 4 === 0 ? 'ada' : '',
      inputPreview: questions[index % questions.length] ?? '',
      outputPreview: isError
        ? ''
        : 'The gateway listens on port 4701 [1]. Change it with RATCHET_GATEWAY_PORT.',
      spanCount: isModel ? 1 : 5,
      usage: { ...noUsage, inputTokens: 800 + index * 3, outputTokens: 96 },
      costNano: index % 5 === 0 ? 420_000 + index * 1000 : 0,
    }
  })
}

type SpanParts = Pick<Span, 'name' | 'type' | 'offsetUs' | 'durationUs'> &
  Partial<Span> & { at: number; parent: number }

/** The spans of one trace: app, flow, retrieve, prompt, model call. */
export function fakeSpans(summary: TraceSummary): Span[] {
  const total = Math.round(summary.durationMs * 1000)
  const share = (part: number): number => Math.round(total * part)
  const seed = Number.parseInt(summary.traceId.slice(0, 6), 16)
  const failed = summary.status === 'error'
  const passages = [1, 2, 3].map((rank) => ({
    id: `chunk-${String(rank)}`,
    path: 'install.md',
    title: 'Install',
    heading: 'Ports',
    text: 'The gateway listens on port 4701. The control plane listens on 4700.',
    score: 1 / (60 + rank),
  }))
  const parts: SpanParts[] = [
    {
      at: 0,
      parent: -1,
      name: summary.name,
      type: 'app',
      offsetUs: 0,
      durationUs: total,
      input: { messages: [{ role: 'user', content: summary.inputPreview }] },
      output: { answer: summary.outputPreview },
    },
    {
      at: 1,
      parent: 0,
      name: 'answer',
      type: 'flow',
      offsetUs: share(0.01),
      durationUs: share(0.98),
      input: { question: summary.inputPreview },
      output: { answer: summary.outputPreview, sources: passages },
    },
    {
      at: 2,
      parent: 1,
      name: 'find',
      type: 'retrieve',
      offsetUs: share(0.02),
      durationUs: share(0.16),
      input: { query: summary.inputPreview, top: 5, mode: 'hybrid' },
      output: { sources: passages },
    },
    {
      at: 3,
      parent: 1,
      name: 'answer',
      type: 'prompt',
      offsetUs: share(0.2),
      durationUs: share(0.78),
      prompt: 'prompts/answer.prompty',
      input: { question: summary.inputPreview, passages: '[1] Install > Ports' },
      output: summary.outputPreview,
    },
    {
      at: 4,
      parent: 3,
      name: `chat ${summary.model}`,
      type: 'llm',
      offsetUs: share(0.22),
      durationUs: share(0.74),
      firstTokenUs: share(0.2),
      model: summary.model,
      provider: summary.model.split('/')[0] ?? '',
      connection: summary.model.split('/')[0] ?? '',
      usage: summary.usage,
      costNano: summary.costNano,
      finishReason: failed ? '' : 'stop',
      status: summary.status,
      errorCode: failed ? 'provider_stream_cut' : '',
      errorMessage: summary.errorMessage ?? '',
      input: [
        {
          role: 'system',
          content:
            'You answer questions about Ratchet, an LLMOps platform.\nUse only the passages below.\n\nPassages:\n[1] Install > Ports\nThe gateway listens on port 4701.',
        },
        { role: 'user', content: summary.inputPreview },
      ],
      output: failed ? null : [{ role: 'assistant', content: summary.outputPreview }],
      attributes: { temperature: 0, max_tokens: 500, 'server.address': '127.0.0.1' },
    },
  ]
  return parts.map(({ at, parent, ...span }) => ({
    traceId: summary.traceId,
    spanId: at === 0 ? summary.rootSpanId : fakeHex(seed + at, 16),
    parentSpanId: parent < 0 ? '' : parent === 0 ? summary.rootSpanId : fakeHex(seed + parent, 16),
    environment: summary.environment,
    startedAt: summary.startedAt,
    status: failed && at !== 2 ? 'error' : 'ok',
    errorCode: '',
    errorMessage: '',
    finishReason: '',
    model: '',
    provider: '',
    connection: '',
    usage: noUsage,
    usageEstimated: false,
    costNano: 0,
    costKnown: true,
    app: summary.app,
    release: summary.release,
    deployment: '',
    arm: '',
    prompt: '',
    sessionId: summary.sessionId,
    userId: summary.userId,
    input: null,
    output: null,
    attributes: {},
    ...span,
  }))
}

/** A model call through a route: one target failed twice, another one answered; a guardrail read the input. */
export function fakeRoutedSpans(summary: TraceSummary): Span[] {
  const seed = Number.parseInt(summary.traceId.slice(0, 6), 16)
  const total = Math.round(summary.durationMs * 1000)
  const share = (part: number): number => Math.round(total * part)
  const base = fakeSpans(summary)[4]!
  const call: Span = {
    ...base,
    spanId: summary.rootSpanId,
    parentSpanId: '',
    name: 'anthropic/claude-haiku-4-5',
    connection: 'anthropic',
    model: 'claude-haiku-4-5',
    offsetUs: 0,
    durationUs: total,
    status: 'ok',
    errorCode: '',
    errorMessage: '',
    attributes: { route: 'chat', branch: 'targets', reason: '2nd of 2', attempts: 3, saved_nano: 812_000 },
  }
  const attempt = (at: number, offset: number, length: number, next: string, error: string): Span => ({
    ...call,
    spanId: fakeHex(seed + 20 + at, 16),
    parentSpanId: call.spanId,
    name: 'attempt openai/gpt-5-mini',
    connection: 'openai',
    model: 'gpt-5-mini',
    offsetUs: share(offset),
    durationUs: share(length),
    status: 'error',
    errorCode: error,
    errorMessage: 'The provider answered 529: Overloaded, try again later.',
    input: '',
    output: '',
    attributes: { attempt: at, reason: at === 1 ? 'first in order' : 'retry 1', next, http_status: 529 },
  })
  const guard: Span = {
    ...call,
    spanId: fakeHex(seed + 30, 16),
    parentSpanId: call.spanId,
    name: 'guardrails input',
    type: 'guard',
    offsetUs: share(0.002),
    durationUs: share(0.008),
    input: '',
    output: 'redacted: personal-data',
    attributes: {
      place: 'input',
      verdict: 'redacted',
      scanned_chars: 512,
      not_scanned: ['image'],
      findings: [
        {
          guardrail: 'personal-data',
          rule: 'mask',
          action: 'redact',
          detector: 'pii',
          kind: 'email',
          score: 0.99,
          count: 2,
        },
      ],
    },
  }
  return [
    call,
    guard,
    attempt(1, 0.02, 0.16, 'retry', 'overloaded'),
    attempt(2, 0.26, 0.18, 'next-target', 'overloaded'),
  ]
}
