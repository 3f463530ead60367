import { sign } from 'node:crypto'
import { AppError } from '@ratchet/contract'
import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'

/** What is needed of the JSON file that Google gives for a service account. */
export type ServiceAccount = {
  readonly clientEmail: string
  readonly privateKey: string
  readonly privateKeyId: string
  readonly tokenUri: string
  /** The project that the account belongs to; empty when the file does not tell. */
  readonly projectId: string
}

/** Sends a form (`application/x-www-form-urlencoded`). Its address comes from a credential: guard it. */
export type PostForm = (
  url: string,
  body: string,
  signal: AbortSignal,
) => Promise<{ readonly status: number; readonly body: string }>

export type GoogleTokenParts = { readonly post: PostForm; readonly nowMs: () => number }

type CachedToken = {
  readonly token: string
  /** From then on it is asked for anew. */
  readonly untilMs: number
}

const scope = 'https://www.googleapis.com/auth/cloud-platform'
const defaultTokenUri = 'https://oauth2.googleapis.com/token'
const marginMs = 60_000
const exchangeTimeoutMs = 15_000

/** Reads the key file of a service account. Throws `validation_failed` naming the connection and what is missing. */
export function readServiceAccount(text: string, connection: string): ServiceAccount {
  const json = parseJsonOr(text)
  if (!isJsonObject(json)) throw badAccount(connection, 'is no JSON object')
  const type = json['type']
  if (type !== undefined && type !== 'service_account') {
    throw badAccount(connection, `is of type ${JSON.stringify(type)}, and only "service_account" works`)
  }
  return {
    clientEmail: required(json, 'client_email', connection),
    privateKey: required(json, 'private_key', connection),
    privateKeyId: textOr(json, 'private_key_id'),
    tokenUri: textOr(json, 'token_uri') || defaultTokenUri,
    projectId: textOr(json, 'project_id'),
  }
}

/**
 * Access tokens of service accounts, for Vertex AI. A token is kept until a minute before it expires. However many
 * calls wait, an account has one exchange under way; a failed one is tried again by the next call.
 */
export class GoogleTokens {
  readonly #parts: GoogleTokenParts
  readonly #tokens = new Map<string, CachedToken>()
  readonly #exchanges = new Map<string, Promise<string>>()

  constructor(parts: GoogleTokenParts) {
    this.#parts = parts
  }

  /**
   * Throws `provider_error` naming the connection when Google gives none. The signal ends the waiting of this
   * caller, not the exchange, which others may wait for too.
   */
  async token(account: ServiceAccount, connection: string, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    const key = `${account.clientEmail} ${account.privateKeyId} ${account.tokenUri}`
    const cached = this.#tokens.get(key)
    if (cached !== undefined && cached.untilMs > this.#parts.nowMs()) return cached.token
    let exchange = this.#exchanges.get(key)
    if (exchange === undefined) {
      exchange = this.#exchange(account, connection, key).finally(() => this.#exchanges.delete(key))
      this.#exchanges.set(key, exchange)
    }
    return waitFor(exchange, signal)
  }

  async #exchange(account: ServiceAccount, connection: string, key: string): Promise<string> {
    const nowMs = this.#parts.nowMs()
    const body = new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: signAssertion(account, connection, nowMs),
    })
    const answer = await this.#post(account, connection, body.toString())
    const json = parseJsonOr(answer.body)
    const token = isJsonObject(json) ? json['access_token'] : undefined
    if (answer.status !== 200 || typeof token !== 'string' || token === '') {
      throw refused(account, connection, `answered ${answer.status}${reasonOf(json)}`)
    }
    const expiresInS = isJsonObject(json) ? Number(json['expires_in'] ?? 3600) : 3600
    for (const [name, { untilMs }] of this.#tokens) if (untilMs <= nowMs) this.#tokens.delete(name)
    this.#tokens.set(key, { token, untilMs: nowMs + expiresInS * 1000 - marginMs })
    return token
  }

  async #post(account: ServiceAccount, connection: string, body: string) {
    try {
      return await this.#parts.post(account.tokenUri, body, AbortSignal.timeout(exchangeTimeoutMs))
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : String(cause)
      throw refused(account, connection, `could not be asked: ${said}`, cause)
    }
  }
}

/** A statement in the account's name, signed with its key, that is good for an hour. */
function signAssertion(account: ServiceAccount, connection: string, nowMs: number): string {
  const issuedS = Math.floor(nowMs / 1000)
  const kid = account.privateKeyId === '' ? {} : { kid: account.privateKeyId }
  const claims = { iss: account.clientEmail, scope, aud: account.tokenUri, iat: issuedS, exp: issuedS + 3600 }
  const text = `${encode({ alg: 'RS256', typ: 'JWT', ...kid })}.${encode(claims)}`
  try {
    return `${text}.${sign('RSA-SHA256', Buffer.from(text), account.privateKey).toString('base64url')}`
  } catch (cause) {
    throw refused(
      account,
      connection,
      'cannot be asked, because "private_key" is no RSA key in PEM form',
      cause,
    )
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

async function waitFor<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Google's reason, such as ": invalid_grant: Invalid JWT Signature."; empty when it gives none. */
function reasonOf(json: unknown): string {
  if (!isJsonObject(json)) return ''
  const words = [json['error'], json['error_description']].filter((word) => typeof word === 'string')
  return words.length === 0 ? '' : `: ${words.join(': ')}`
}

function refused(account: ServiceAccount, connection: string, problem: string, cause?: unknown): AppError {
  return new AppError('provider_error', {
    message: `No access token for connection "${connection}": ${account.tokenUri} ${problem}. Check the service account "${account.clientEmail}": ratchet connections test ${connection}`,
    details: { connection, account: account.clientEmail },
    cause,
  })
}

function required(json: JsonObject, name: string, connection: string): string {
  const value = textOr(json, name)
  if (value === '') throw badAccount(connection, `has no "${name}"`)
  return value
}

function textOr(json: JsonObject, name: string): string {
  const value = json[name]
  return typeof value === 'string' ? value : ''
}

function badAccount(connection: string, problem: string): AppError {
  return new AppError('validation_failed', {
    message: `The credential of connection "${connection}" ${problem}. Give the JSON file of a Google service account.`,
    details: { connection },
  })
}
