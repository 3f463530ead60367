import { createServer, type IncomingHttpHeaders } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { exampleSpan } from '#features/traces'
import { readExportSettings } from './export-settings.ts'
import { makeSpanExporter, type ExporterParts, type SpanExporter } from './span-exporter.ts'

const int64 = z.string().regex(/^-?\d+$/)
const value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ boolValue: z.boolean() }),
  z.strictObject({ intValue: int64 }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({
    arrayValue: z.strictObject({ values: z.array(z.strictObject({ stringValue: z.string() })) }),
  }),
])
const attributes = z.array(z.strictObject({ key: z.string().min(1), value }))
/** `ExportTraceServiceRequest` in the JSON form of protobuf, as far as we use it: ids in hex, enums as numbers, int64 as text. */
const exportRequest = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes }),
      scopeSpans: z.array(
        z.strictObject({
          scope: z.strictObject({ name: z.string(), version: z.string() }),
          spans: z.array(
            z.strictObject({
              traceId: z.string().regex(/^[0-9a-f]{32}$/),
              spanId: z.string().regex(/^[0-9a-f]{16}$/),
              parentSpanId: z
                .string()
                .regex(/^[0-9a-f]{16}$/)
                .optional(),
              name: z.string(),
              kind: z.int().min(0).max(5),
              startTimeUnixNano: int64,
              endTimeUnixNano: int64,
              attributes,
              status: z.strictObject({ code: z.int().min(0).max(2), message: z.string().optional() }),
            }),
          ),
        }),
      ),
    }),
  ),
})

type Reply = { readonly status: number; readonly body?: string; readonly headers?: Record<string, string> }
type Seen = {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: z.output<typeof exportRequest>
}

const stops: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** A collector on loopback that answers as told, then with 200. */
async function startCollector(replies: Reply[] = []) {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (part: Buffer) => (text += part.toString()))
    request.on('end', () => {
      seen.push({
        path: request.url ?? '',
        headers: request.headers,
        body: exportRequest.parse(JSON.parse(text)),
      })
      const { status, body = '{}', headers = {} } = replies.shift() ?? { status: 200 }
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stops.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return { seen, url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}` }
}

function start(
  url: string,
  more: Partial<ExporterParts> = {},
  environment: Record<string, string> = {},
): SpanExporter {
  const settings = readExportSettings({
    RATCHET_OTLP_ENDPOINT: url,
    RATCHET_OTLP_ALLOW_PRIVATE: 'on',
    ...environment,
  })
  if (settings === undefined) throw new Error('no settings')
  const log = { warn: () => undefined, info: () => undefined }
  const exporter = makeSpanExporter({
    settings,
    version: '1.2.3',
    log: log as never,
    delayMs: 5,
    firstRetryMs: 10,
    ...more,
  })
  stops.unshift(() => exporter.stop())
  return exporter
}

const llm = exampleSpan({
  type: 'llm',
  spanId: 'c'.repeat(16),
  parentSpanId: 'b'.repeat(16),
  isLocalRoot: false,
  name: 'bedrock/claude',
  model: 'claude',
  provider: 'bedrock',
  connection: 'aws',
  sessionId: 'session-1',
  startUs: 1_790_000_000_123_456,
  durationUs: 1_500,
  usage: { inputTokens: 20, outputTokens: 7, cachedInputTokens: 12, cacheWriteTokens: 0, reasoningTokens: 3 },
  costNano: 1_250_000,
  attributes: '{"request_id":"r-1","temperature":0.5,"max_tokens":100}',
  input: 'a secret question',
})

test('a model call arrives with the names that OpenTelemetry has for generative AI, and without its texts', async () => {
  const collector = await startCollector()
  const exporter = start(
    `${collector.url}/otlp`,
    {},
    { RATCHET_OTLP_HEADERS: 'Authorization=Basic%20abc,x-tenant=7' },
  )
  exporter.take([llm])
  await expect.poll(() => collector.seen.length).toBe(1)
  const [{ path, headers, body }] = collector.seen as [Seen]
  expect(path).toBe('/otlp/v1/traces')
  expect(headers).toMatchObject({
    authorization: 'Basic abc',
    'x-tenant': '7',
    'content-type': 'application/json',
  })
  const [group] = body.resourceSpans
  expect(group?.resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'ratchet' },
  })
  const span = group?.scopeSpans[0]?.spans[0]
  expect(span).toMatchObject({
    name: 'chat claude',
    kind: 3,
    parentSpanId: 'b'.repeat(16),
    startTimeUnixNano: '1790000000123456000',
    endTimeUnixNano: '1790000000124956000',
    status: { code: 1 },
  })
  const named = new Map(
    span?.attributes.map((attribute) => [attribute.key, Object.values(attribute.value)[0]]),
  )
  expect(Object.fromEntries(named)).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'aws.bedrock',
    'gen_ai.request.model': 'claude',
    'gen_ai.request.temperature': 0.5,
    'gen_ai.request.max_tokens': '100',
    'gen_ai.usage.input_tokens': '20',
    'gen_ai.usage.output_tokens': '7',
    'gen_ai.usage.cache_read.input_tokens': '12',
    'gen_ai.usage.reasoning.output_tokens': '3',
    'gen_ai.conversation.id': 'session-1',
    'gen_ai.response.finish_reasons': { values: [{ stringValue: 'stop' }] },
    'ratchet.cost_usd': 0.00125,
  })
  expect(JSON.stringify(body)).not.toContain('secret')
})

test('texts go along when the operator says so', async () => {
  const collector = await startCollector()
  start(collector.url, {}, { RATCHET_OTLP_CONTENT: 'on' }).take([llm])
  await expect.poll(() => JSON.stringify(collector.seen)).toContain('a secret question')
})

test('a failed call tells its error', async () => {
  const collector = await startCollector()
  start(collector.url).take([{ ...llm, status: 'error', errorCode: 'timeout', errorMessage: 'too late' }])
  await expect.poll(() => collector.seen.length).toBe(1)
  const span = collector.seen[0]?.body.resourceSpans[0]?.scopeSpans[0]?.spans[0]
  expect(span?.status).toEqual({ code: 2, message: 'too late' })
  expect(span?.attributes).toContainEqual({ key: 'error.type', value: { stringValue: 'timeout' } })
})

test('spans of each project and environment have a resource of their own, in batches of a bounded size', async () => {
  const collector = await startCollector()
  const exporter = start(collector.url, { batchSpans: 10 })
  exporter.take(
    Array.from({ length: 25 }, (_, index) => ({ ...llm, environment: index % 2 ? 'production' : 'test' })),
  )
  await expect.poll(() => exporter.counts()).toEqual({ exported: 25, dropped: 0, waiting: 0 })
  expect(collector.seen.map(({ body }) => body.resourceSpans.length)).toEqual([2, 2, 2])
})

test('a collector that is down for a while gets everything once', async () => {
  const collector = await startCollector([
    { status: 503, headers: { 'retry-after': '0' } },
    { status: 429 },
    { status: 502 },
  ])
  const exporter = start(collector.url)
  exporter.take([llm, llm])
  await expect.poll(() => exporter.counts()).toEqual({ exported: 2, dropped: 0, waiting: 0 })
  expect(collector.seen).toHaveLength(4)
})

test('a shipment that comes again is not sent again', async () => {
  const collector = await startCollector()
  const exporter = start(collector.url)
  exporter.take([llm], 'token-1')
  exporter.take([llm], 'token-1')
  await expect.poll(() => exporter.counts().exported).toBe(1)
  await exporter.stop()
  expect(exporter.counts().exported).toBe(1)
})

test('what a collector refuses, or takes in part, is counted as lost and not sent again', async () => {
  const partial = '{"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}}'
  const collector = await startCollector([{ status: 400 }, { status: 200, body: partial }])
  const exporter = start(collector.url, { batchSpans: 2 })
  exporter.take([llm, llm, llm, llm])
  await expect.poll(() => exporter.counts()).toEqual({ exported: 1, dropped: 3, waiting: 0 })
  expect(collector.seen).toHaveLength(2)
})

test('memory is bounded while nobody takes spans, and a stop does not wait for them', async () => {
  const exporter = start('http://127.0.0.1:1', { queueLimit: 100 })
  for (let index = 0; index < 50; index++) exporter.take([llm, llm, llm])
  expect(exporter.counts()).toMatchObject({ waiting: 100, dropped: 50 })
  const startedMs = performance.now()
  await exporter.stop()
  expect(performance.now() - startedMs).toBeLessThan(8_000)
})

test('a private address is called only when that is allowed', async () => {
  const collector = await startCollector()
  const exporter = start(collector.url, { attempts: 1 }, { RATCHET_OTLP_ALLOW_PRIVATE: 'off' })
  exporter.take([llm])
  await expect.poll(() => exporter.counts().dropped).toBe(1)
  expect(collector.seen).toEqual([])
})

test.each([
  [{ RATCHET_OTLP_ENDPOINT: 'collector:4318' }, 'RATCHET_OTLP_ENDPOINT'],
  [{ RATCHET_OTLP_ENDPOINT: 'https://c.example', RATCHET_OTLP_HEADERS: 'secret' }, 'RATCHET_OTLP_HEADERS'],
  [{ RATCHET_OTLP_ENDPOINT: 'https://c.example', RATCHET_OTLP_CONTENT: 'maybe' }, 'RATCHET_OTLP_CONTENT'],
])('a setting that cannot be used stops the start with its name: %o', (environment, name) => {
  expect(() => readExportSettings(environment)).toThrow(name)
})

test('without an endpoint, or with the path of traces in it', () => {
  expect(readExportSettings({})).toBeUndefined()
  expect(readExportSettings({ RATCHET_OTLP_ENDPOINT: 'https://c.example/v1/traces' })?.url.href).toBe(
    'https://c.example/v1/traces',
  )
})
