import type { SpanRecord } from '@ratchet/contract'
import { postOutgoing } from '#platform/http/outgoing-request.ts'
import type { Log } from '#platform/log.ts'
import type { ExportSettings } from './export-settings.ts'
import { resourceAttributes, toOtlpSpan } from './otlp-span.ts'

export type ExportCounts = {
  readonly exported: number
  /** Lost because the collector was gone for long, too slow, or refused them. */
  readonly dropped: number
  readonly waiting: number
}

/** Sends spans on in the background; taking them never waits and never fails. */
export type SpanExporter = {
  /** `token` names the shipment: the same one again was sent already. */
  readonly take: (records: readonly SpanRecord[], token?: string) => void
  readonly counts: () => ExportCounts
  /** Sends what waits for at most two seconds. */
  readonly stop: () => Promise<void>
}

export type ExporterParts = {
  readonly settings: ExportSettings
  readonly version: string
  readonly log: Pick<Log, 'warn' | 'info'>
  readonly queueLimit?: number
  readonly batchSpans?: number
  /** How long spans gather. */
  readonly delayMs?: number
  readonly firstRetryMs?: number
  readonly attempts?: number
  readonly timeoutMs?: number
}

const longestRetryMs = 30_000
const stopMs = 2_000
const keptTokens = 1_000
const answerLimitBytes = 64 * 1024

/** Makes an exporter that is at work at once. */
export function makeSpanExporter(parts: ExporterParts): SpanExporter {
  const { log } = parts
  const { queueLimit = 20_000, batchSpans = 500, delayMs = 1_000, attempts = 8 } = parts
  const stopping = new AbortController()
  const tokens = new Set<string>()
  let queue: SpanRecord[] = []
  let exported = 0
  let dropped = 0
  let isDown = false
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | undefined

  const drop = (spans: number, reason: string): void => {
    dropped += spans
    log.warn({ spans, reason, dropped }, 'spans did not reach the collector')
  }

  async function send(batch: readonly SpanRecord[]): Promise<void> {
    const body = JSON.stringify(toExport(batch, parts))
    for (let attempt = 1; ; attempt++) {
      const result = await post(body, parts, stopping.signal)
      if (result.kind === 'taken') {
        exported += batch.length - result.rejected
        if (result.rejected > 0) drop(result.rejected, result.message)
        if (isDown) log.info({}, 'the collector takes spans again')
        isDown = false
        return
      }
      const isLast = attempt >= attempts || stopping.signal.aborted
      if (result.kind === 'refused' || isLast) return drop(batch.length, result.message)
      if (!isDown)
        log.warn({ reason: result.message }, 'the collector of spans does not answer; trying again')
      isDown = true
      const backoffMs = Math.min(longestRetryMs, (parts.firstRetryMs ?? 1_000) * 2 ** (attempt - 1))
      await pause(Math.max(result.retryAfterMs, backoffMs * (0.5 + Math.random() / 2)), stopping.signal)
    }
  }

  async function work(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, batchSpans)
      queue = queue.slice(batchSpans)
      await send(batch)
    }
    running = undefined
  }

  const start = (): void => {
    clearTimeout(timer)
    timer = undefined
    running ??= work()
  }

  return {
    take: (records, token) => {
      if (token !== undefined && isKnown(tokens, token)) return
      const room = queueLimit - queue.length
      if (records.length > room) dropped += records.length - Math.max(0, room)
      for (const record of records.slice(0, Math.max(0, room))) queue.push(record)
      if (queue.length >= batchSpans) start()
      else if (queue.length > 0 && running === undefined) timer ??= setTimeout(start, delayMs)
    },
    counts: () => ({ exported, dropped, waiting: queue.length }),
    stop: async () => {
      const deadline = setTimeout(() => stopping.abort(), stopMs)
      if (queue.length > 0) start()
      await running
      clearTimeout(deadline)
      clearTimeout(timer)
    },
  }
}

type PostResult =
  | { readonly kind: 'taken'; readonly rejected: number; readonly message: string }
  | { readonly kind: 'later'; readonly message: string; readonly retryAfterMs: number }
  | { readonly kind: 'refused'; readonly message: string }

const laterStatuses = new Set([408, 429, 502, 503, 504])

async function post(body: string, parts: ExporterParts, signal: AbortSignal): Promise<PostResult> {
  const { url, headers, allowPrivate } = parts.settings
  try {
    const answer = await postOutgoing(url, {
      headers: { ...headers, 'content-type': 'application/json' },
      body,
      allowPrivate,
      timeoutMs: parts.timeoutMs ?? 10_000,
      answerLimitBytes,
      signal,
    })
    if (answer.status >= 200 && answer.status < 300) return { kind: 'taken', ...readPartial(answer.text) }
    const message = `the collector answered ${answer.status}`
    if (!laterStatuses.has(answer.status)) return { kind: 'refused', message }
    const seconds = Number(answer.retryAfter ?? 0)
    const retryAfterMs = Number.isFinite(seconds) ? Math.min(longestRetryMs, seconds * 1_000) : 0
    return { kind: 'later', message, retryAfterMs }
  } catch (error) {
    return { kind: 'later', message: error instanceof Error ? error.message : String(error), retryAfterMs: 0 }
  }
}

/** A collector may take a part and say how many it did not. */
function readPartial(text: string): { rejected: number; message: string } {
  const none = { rejected: 0, message: '' }
  try {
    const answer = JSON.parse(text) as {
      partialSuccess?: { rejectedSpans?: unknown; errorMessage?: unknown }
    }
    const { rejectedSpans = 0, errorMessage = '' } = answer.partialSuccess ?? {}
    const rejected = Number(rejectedSpans)
    return Number.isSafeInteger(rejected) && rejected > 0 ? { rejected, message: String(errorMessage) } : none
  } catch {
    // An empty or foreign answer with a good status: taken.
    return none
  }
}

function toExport(batch: readonly SpanRecord[], { settings, version }: ExporterParts): object {
  const groups = Map.groupBy(batch, ({ project, environment }) => `${project} ${environment}`)
  return {
    resourceSpans: [...groups.values()].flatMap((records) => {
      const [first] = records
      if (first === undefined) return []
      const spans = records.map((record) => toOtlpSpan(record, settings.withContent))
      const resource = { attributes: resourceAttributes(first, version) }
      return [{ resource, scopeSpans: [{ scope: { name: 'ratchet', version }, spans }] }]
    }),
  }
}

function isKnown(tokens: Set<string>, token: string): boolean {
  if (tokens.has(token)) return true
  tokens.add(token)
  const [oldest] = tokens
  if (tokens.size > keptTokens && oldest !== undefined) tokens.delete(oldest)
  return false
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()), { once: true })
    if (signal.aborted) resolve()
  })
}
