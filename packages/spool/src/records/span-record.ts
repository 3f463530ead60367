import type { SpanRecord } from '@ratchet/contract'

const noUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  reasoningTokens: 0,
} as const

/** A record on its way to the disk: the input may be its UTF-8, which need not be decoded to be written. */
export type SpanDraft = Omit<SpanRecord, 'input'> & { readonly input: string | Buffer }

/** The fields every span has; the rest has an empty meaning that {@link makeSpanRecord} fills in. */
export type SpanFields = Pick<
  SpanRecord,
  'project' | 'environment' | 'traceId' | 'spanId' | 'name' | 'type' | 'startUs' | 'durationUs'
> &
  Partial<Omit<SpanDraft, 'kind'>>

/** A whole span record from what is known. Fields are in one order always, so that V8 keeps one shape for all. */
export function makeSpanRecord(fields: SpanFields): SpanDraft {
  const parentSpanId = fields.parentSpanId ?? ''
  return placeSpanRecord(fields, {
    project: fields.project,
    environment: fields.environment,
    traceId: fields.traceId,
    spanId: fields.spanId,
    parentSpanId,
    isLocalRoot: fields.isLocalRoot ?? parentSpanId === '',
    startUs: fields.startUs,
    durationUs: fields.durationUs,
    sessionId: fields.sessionId ?? '',
    userId: fields.userId ?? '',
    keyId: fields.keyId ?? '',
  })
}

/** Whose a span is, where it stands in its trace, and when. */
export type SpanPlace = Pick<
  SpanRecord,
  | 'project'
  | 'environment'
  | 'traceId'
  | 'spanId'
  | 'parentSpanId'
  | 'isLocalRoot'
  | 'startUs'
  | 'durationUs'
  | 'sessionId'
  | 'userId'
  | 'keyId'
>

/** The same from two objects, without a third one in between: for the request path. */
export function placeSpanRecord(
  span: Pick<SpanRecord, 'name' | 'type'> & Partial<Omit<SpanDraft, keyof SpanPlace>>,
  place: SpanPlace,
): SpanDraft {
  return {
    kind: 'span',
    project: place.project,
    environment: place.environment,
    traceId: place.traceId,
    spanId: place.spanId,
    parentSpanId: place.parentSpanId,
    isLocalRoot: place.isLocalRoot,
    name: span.name,
    type: span.type,
    startUs: place.startUs,
    durationUs: place.durationUs,
    firstTokenUs: span.firstTokenUs ?? 0,
    status: span.status ?? 'ok',
    errorCode: span.errorCode ?? '',
    errorMessage: span.errorMessage ?? '',
    finishReason: span.finishReason ?? '',
    model: span.model ?? '',
    provider: span.provider ?? '',
    connection: span.connection ?? '',
    usage: span.usage ?? noUsage,
    usageEstimated: span.usageEstimated ?? false,
    costNano: span.costNano ?? 0,
    costKnown: span.costKnown ?? true,
    app: span.app ?? '',
    release: span.release ?? '',
    deployment: span.deployment ?? '',
    arm: span.arm ?? '',
    prompt: span.prompt ?? '',
    sessionId: place.sessionId,
    userId: place.userId,
    keyId: place.keyId,
    input: span.input ?? '',
    output: span.output ?? '',
    attributes: span.attributes ?? '{}',
  }
}

/**
 * Says what is wrong with a record, or undefined. Cheap enough for the request path: it looks at what a caller
 * can get wrong at run time (ids, numbers, attributes), not at what the type checker already proves.
 */
export function findRecordProblem(record: SpanDraft): string | undefined {
  if (record.project.length !== 36) return `project "${record.project}" is not an id`
  if (record.traceId.length !== 32) return `traceId "${record.traceId}" does not have 32 hex digits`
  if (record.spanId.length !== 16) return `spanId "${record.spanId}" does not have 16 hex digits`
  if (record.attributes.charCodeAt(0) !== openingBrace) return 'attributes is not a JSON object as text'
  const { usage } = record
  return (
    findNumberProblem('startUs', record.startUs) ??
    findNumberProblem('durationUs', record.durationUs) ??
    findNumberProblem('firstTokenUs', record.firstTokenUs) ??
    findNumberProblem('costNano', record.costNano) ??
    findNumberProblem('inputTokens', usage.inputTokens) ??
    findNumberProblem('outputTokens', usage.outputTokens) ??
    findNumberProblem('cachedInputTokens', usage.cachedInputTokens) ??
    findNumberProblem('cacheWriteTokens', usage.cacheWriteTokens) ??
    findNumberProblem('reasoningTokens', usage.reasoningTokens) ??
    findPartProblem(usage)
  )
}

/** What only some calls count. */
function findPartProblem(usage: SpanRecord['usage']): string | undefined {
  const { cacheWriteHourTokens, audioInputTokens, audioOutputTokens } = usage
  const { imageInputTokens, imageOutputTokens, units } = usage
  return (
    findNumberProblem('cacheWriteHourTokens', cacheWriteHourTokens ?? 0) ??
    findNumberProblem('audioInputTokens', audioInputTokens ?? 0) ??
    findNumberProblem('audioOutputTokens', audioOutputTokens ?? 0) ??
    findNumberProblem('imageInputTokens', imageInputTokens ?? 0) ??
    findNumberProblem('imageOutputTokens', imageOutputTokens ?? 0) ??
    (units === undefined ? undefined : findUnitProblem(units))
  )
}

function findUnitProblem(units: NonNullable<SpanRecord['usage']['units']>): string | undefined {
  for (const [name, value] of Object.entries(units)) {
    const problem = findNumberProblem(name, value)
    if (problem !== undefined) return problem
  }
  return undefined
}

const openingBrace = '{'.charCodeAt(0)

function findNumberProblem(name: string, value: number): string | undefined {
  return Number.isSafeInteger(value) && value >= 0
    ? undefined
    : `${name} is ${value}, not a whole number from 0`
}
