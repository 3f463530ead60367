import { isCallType, type SpanRecord } from '@ratchet/contract'

/** A value as OTLP's JSON form writes it: 64-bit integers as text. */
export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } }
export type OtlpAttribute = { readonly key: string; readonly value: OtlpValue }
export type OtlpSpan = {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly OtlpAttribute[]
  readonly status: { readonly code: number; readonly message?: string }
}

const kinds = { internal: 1, server: 2, client: 3 } as const
const statusCodes = { ok: 1, error: 2, cancelled: 0 } as const

/** OpenTelemetry's names of providers, where they differ from ours. */
const providerNames: Readonly<Record<string, string>> = {
  'azure-openai': 'azure.ai.openai',
  bedrock: 'aws.bedrock',
  gemini: 'gcp.gemini',
  vertex: 'gcp.vertex_ai',
  mistral: 'mistral_ai',
  xai: 'x_ai',
}

const operations: Partial<Record<SpanRecord['type'], string>> = {
  llm: 'chat',
  embedding: 'embeddings',
  tool: 'execute_tool',
  app: 'invoke_agent',
  retrieve: 'retrieval',
}

/** Parameters of the request, as our spans and as OpenTelemetry name them. */
const parameters: readonly (readonly [string, string, 'int' | 'double'])[] = [
  ['temperature', 'gen_ai.request.temperature', 'double'],
  ['top_p', 'gen_ai.request.top_p', 'double'],
  ['max_tokens', 'gen_ai.request.max_tokens', 'int'],
  ['max_completion_tokens', 'gen_ai.request.max_tokens', 'int'],
  ['seed', 'gen_ai.request.seed', 'int'],
  ['n', 'gen_ai.request.choice.count', 'int'],
]

/** A span of ours as OTLP has it, with the attributes of the conventions for generative AI. */
export function toOtlpSpan(record: SpanRecord, withContent: boolean): OtlpSpan {
  const isError = record.status === 'error'
  return {
    traceId: record.traceId,
    spanId: record.spanId,
    ...(record.parentSpanId === '' ? {} : { parentSpanId: record.parentSpanId }),
    name: nameOf(record),
    kind: kindOf(record),
    startTimeUnixNano: nanos(record.startUs),
    endTimeUnixNano: nanos(record.startUs + record.durationUs),
    attributes: attributesOf(record, withContent),
    status: {
      code: statusCodes[record.status],
      ...(isError && record.errorMessage !== '' ? { message: record.errorMessage } : {}),
    },
  }
}

/** What spans of one project and environment have in common. */
export function resourceAttributes(record: SpanRecord, version: string): OtlpAttribute[] {
  return new Attributes()
    .text('service.name', 'ratchet')
    .text('service.version', version)
    .text('deployment.environment.name', record.environment)
    .text('ratchet.project.id', record.project).list
}

function nameOf({ type, name, model }: SpanRecord): string {
  const operation = operations[type]
  return (type === 'llm' || type === 'embedding') && model !== '' ? `${operation} ${model}` : name
}

function kindOf({ type, isLocalRoot }: SpanRecord): number {
  if (isCallType(type)) return kinds.client
  return type === 'app' && isLocalRoot ? kinds.server : kinds.internal
}

function attributesOf(record: SpanRecord, withContent: boolean): OtlpAttribute[] {
  const { usage } = record
  const isModel = isCallType(record.type)
  const attributes = new Attributes()
    .text('gen_ai.operation.name', operations[record.type] ?? '')
    .text('gen_ai.provider.name', providerNames[record.provider] ?? record.provider)
    .text('gen_ai.request.model', record.model)
    .text('gen_ai.conversation.id', record.sessionId)
    .text('user.id', record.userId)
    .text('error.type', record.status === 'ok' ? '' : record.errorCode || record.status)
    .text('ratchet.span.type', record.type)
    .text('ratchet.span.name', record.name)
    .text('ratchet.connection', record.connection)
    .text('ratchet.app', record.app)
    .text('ratchet.release', record.release)
    .text('ratchet.arm', record.arm)
    .text('ratchet.key.id', record.keyId)
  if (record.type === 'app') attributes.text('gen_ai.agent.name', record.app)
  if (record.type === 'tool') attributes.text('gen_ai.tool.name', record.name)
  if (record.finishReason !== '') attributes.texts('gen_ai.response.finish_reasons', [record.finishReason])
  if (isModel) {
    attributes
      .int('gen_ai.usage.input_tokens', usage.inputTokens)
      .int('gen_ai.usage.output_tokens', usage.outputTokens)
      .intAbove0('gen_ai.usage.cache_read.input_tokens', usage.cachedInputTokens)
      .intAbove0('gen_ai.usage.cache_creation.input_tokens', usage.cacheWriteTokens)
      .intAbove0('gen_ai.usage.reasoning.output_tokens', usage.reasoningTokens)
      .intAbove0('ratchet.usage.cache_write_hour_tokens', usage.cacheWriteHourTokens ?? 0)
      .intAbove0('ratchet.usage.audio_input_tokens', usage.audioInputTokens ?? 0)
      .intAbove0('ratchet.usage.audio_output_tokens', usage.audioOutputTokens ?? 0)
      .intAbove0('ratchet.usage.image_input_tokens', usage.imageInputTokens ?? 0)
      .intAbove0('ratchet.usage.image_output_tokens', usage.imageOutputTokens ?? 0)
      .intAbove0('ratchet.usage.images', usage.units?.images ?? 0)
      .intAbove0('ratchet.usage.audio_ms', usage.units?.audioMs ?? 0)
      .intAbove0('ratchet.usage.characters', usage.units?.characters ?? 0)
      .intAbove0('ratchet.usage.searches', usage.units?.searches ?? 0)
      .intAbove0('ratchet.usage.requests', usage.units?.requests ?? 0)
      .flag('ratchet.usage.estimated', record.usageEstimated)
    if (record.costKnown) attributes.double('ratchet.cost_usd', record.costNano / 1e9)
    if (record.firstTokenUs > 0)
      attributes.double('gen_ai.response.time_to_first_chunk', record.firstTokenUs / 1e6)
  }
  addParameters(attributes, record)
  if (withContent)
    attributes.text('gen_ai.input.messages', record.input).text('gen_ai.output.messages', record.output)
  return attributes.list
}

function addParameters(attributes: Attributes, record: SpanRecord): void {
  if (record.attributes === '' || record.attributes === '{}') return
  const values = parseObject(record.attributes)
  for (const [name, key, kind] of parameters) {
    const value = values[name]
    if (typeof value !== 'number' || !Number.isFinite(value)) continue
    if (kind === 'double') attributes.double(key, value)
    else if (Number.isSafeInteger(value)) attributes.int(key, value)
  }
  const { request_id: requestId } = values
  if (typeof requestId === 'string') attributes.text('ratchet.request.id', requestId)
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {}
  } catch {
    // Attributes are text to us; what is no JSON has no parameters.
    return {}
  }
}

/** Whole microseconds as nanoseconds: as text, because they do not fit a double. */
function nanos(us: number): string {
  return `${us}000`
}

/** Attributes as they are added; an empty text says nothing and is left out. */
class Attributes {
  readonly list: OtlpAttribute[] = []

  text(key: string, value: string): this {
    if (value !== '') this.list.push({ key, value: { stringValue: value.toWellFormed() } })
    return this
  }

  texts(key: string, values: readonly string[]): this {
    this.list.push({ key, value: { arrayValue: { values: values.map((stringValue) => ({ stringValue })) } } })
    return this
  }

  int(key: string, value: number): this {
    this.list.push({ key, value: { intValue: String(value) } })
    return this
  }

  intAbove0(key: string, value: number): this {
    return value > 0 ? this.int(key, value) : this
  }

  double(key: string, value: number): this {
    this.list.push({ key, value: { doubleValue: value } })
    return this
  }

  flag(key: string, value: boolean): this {
    if (value) this.list.push({ key, value: { boolValue: true } })
    return this
  }
}
