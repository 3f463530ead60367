import type { IncomingHttpHeaders } from 'node:http'
import type { JsonObject } from '../../formats/parse-json.ts'

/** The kinds of providers that the gateway asks, each with a wire format or refusals of its own. */
export const familyNames = ['openai', 'anthropic', 'gemini', 'bedrock', 'mistral'] as const
export type FamilyName = (typeof familyNames)[number]

/** An answer of a fake provider: bytes in pieces, and what becomes of the connection after them. */
export type ProviderReply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly pieces: readonly (string | Buffer)[]
  readonly ending: 'end' | 'destroy' | 'stay'
}

export type FamilyRequest = {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly json: JsonObject
}

/** A provider: how it answers a request of its API. */
export type ProviderFamily = {
  /** The name of a model whose family of models is known, without a scenario. */
  readonly model: string
  /** A model that thinks, when that is another one. */
  readonly thinker?: string
  /** Where its API begins. */
  readonly basePath: string
  readonly reply: (request: FamilyRequest) => ProviderReply
}

export function jsonReply(
  status: number,
  json: object,
  headers: Readonly<Record<string, string>> = {},
): ProviderReply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    pieces: [JSON.stringify(json)],
    ending: 'end',
  }
}

/** A plain answer that stops half way, as a dropped connection leaves it. */
export function cutReply(json: object): ProviderReply {
  const text = JSON.stringify(json)
  const headers = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }
  return { status: 200, headers, pieces: [text.slice(0, text.length / 2)], ending: 'destroy' }
}

export function streamReply(
  pieces: readonly (string | Buffer)[],
  breaks: 'error' | 'cut' | 'endless' | undefined,
  contentType = 'text/event-stream',
): ProviderReply {
  const ending = breaks === 'cut' ? 'destroy' : breaks === 'endless' ? 'stay' : 'end'
  return { status: 200, headers: { 'content-type': contentType }, pieces, ending }
}

/** A plain answer that never comes. */
export const silentReply: ProviderReply = {
  status: 200,
  headers: { 'content-type': 'application/json' },
  pieces: [],
  ending: 'stay',
}

/** The first field of a request that its provider does not know. */
export function unknownField(json: JsonObject, known: readonly string[]): string | undefined {
  return Object.keys(json).find((name) => !known.includes(name))
}

/** Every object within a JSON value, itself included. */
export function* objectsIn(value: unknown): Generator<JsonObject> {
  if (Array.isArray(value)) for (const each of value) yield* objectsIn(each)
  else if (typeof value === 'object' && value !== null) {
    yield value as JsonObject
    for (const each of Object.values(value)) yield* objectsIn(each)
  }
}

/** What a provider tells of an image that it got. */
export function tellImage(mediaType: unknown, data: unknown): string {
  const bytes = Buffer.from(String(data), 'base64')
  return `${String(mediaType)} of ${bytes.length} bytes`
}
