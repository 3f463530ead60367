import { createHmac, timingSafeEqual } from 'node:crypto'
import { AppError } from '@ratchet/contract'
import { Pool } from 'undici'
import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'
import type { Exchange } from './exchange.ts'

/** Header of calls that the gateway makes to itself; its value is known to gateways alone. */
export const innerHeader = 'x-ratchet-inner'

export type ModelAnswer = {
  readonly text: string
  readonly json: JsonObject
}

/**
 * Asks models on behalf of a caller for something that the gateway itself has to know: a judge's verdict, a vector. Such
 * a call comes in through the front door with the caller's key, so routes, limits, cost and its own span in the caller's
 * trace are what they are for every call; guardrails, caches and cascades do not apply to it again.
 */
export class InnerModels {
  readonly #token: string
  #pool: Pool | undefined

  /** The same secret in all gateways of an installation: with a shared port another one may get the call. */
  constructor(secret: string) {
    this.#token = createHmac('sha256', secret).update('inner call').digest('base64url')
  }

  /** The gateway listens; before that nobody can be asked. Its own socket: behind the port may be other processes, which do not know our token. */
  useSocket(socketPath: string): void {
    this.#pool = new Pool('http://gateway', {
      socketPath,
      connections: 64,
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  isInner(exchange: Exchange): boolean {
    const given = exchange.request.headers[innerHeader]
    if (typeof given !== 'string' || given.length !== this.#token.length) return false
    return timingSafeEqual(Buffer.from(given, 'latin1'), Buffer.from(this.#token, 'latin1'))
  }

  /** The text of a chat answer. Throws `provider_error` with what the model's provider said. */
  async chat(exchange: Exchange, body: JsonObject, signal: AbortSignal): Promise<ModelAnswer> {
    const json = await this.#post(exchange, { path: '/v1/chat/completions', body }, signal)
    const [choice] = Array.isArray(json['choices']) ? json['choices'] : []
    const message: unknown = isJsonObject(choice) ? choice['message'] : undefined
    const content = isJsonObject(message) ? message['content'] : undefined
    return { text: typeof content === 'string' ? content : '', json }
  }

  /** The vector of one text. */
  async embed(
    exchange: Exchange,
    call: { model: string; text: string },
    signal: AbortSignal,
  ): Promise<number[]> {
    const body = { model: call.model, input: call.text }
    const json = await this.#post(exchange, { path: '/v1/embeddings', body }, signal)
    const [first] = Array.isArray(json['data']) ? json['data'] : []
    const vector: unknown = isJsonObject(first) ? first['embedding'] : undefined
    if (Array.isArray(vector) && vector.every((value) => typeof value === 'number')) return vector
    throw new AppError('provider_error', { message: `The model "${call.model}" gave no vector.` })
  }

  async close(): Promise<void> {
    await this.#pool?.destroy()
  }

  async #post(
    exchange: Exchange,
    { path, body }: { readonly path: string; readonly body: JsonObject },
    signal: AbortSignal,
  ): Promise<JsonObject> {
    if (this.#pool === undefined) throw new AppError('unavailable', { message: 'The gateway is starting.' })
    const answer = await this.#pool.request({
      path,
      method: 'POST',
      body: JSON.stringify(body),
      headers: this.#headers(exchange),
      signal,
    })
    const text = await answer.body.text()
    const json = parseJsonOr(text)
    if (answer.statusCode === 200 && isJsonObject(json)) return json
    const error = isJsonObject(json) && isJsonObject(json['error']) ? json['error'] : {}
    const said = typeof error['message'] === 'string' ? error['message'] : `status ${answer.statusCode}`
    throw new AppError('provider_error', {
      message: `The model "${String(body['model'])}" was asked and failed: ${said}`,
    })
  }

  #headers(exchange: Exchange): Record<string, string> {
    const { headers } = exchange.request
    const key =
      headers.authorization ?? headers['x-api-key'] ?? headers['x-goog-api-key'] ?? headers['api-key']
    return {
      'content-type': 'application/json',
      [innerHeader]: this.#token,
      ...(typeof key === 'string' ? { authorization: key } : {}),
      'x-ratchet-environment': exchange.environment,
      ...(exchange.sessionId === '' ? {} : { 'x-ratchet-session': encodeURIComponent(exchange.sessionId) }),
      ...(exchange.userId === '' ? {} : { 'x-ratchet-user': encodeURIComponent(exchange.userId) }),
      traceparent: `00-${exchange.traceId}-${exchange.spanId}-01`,
    }
  }
}
