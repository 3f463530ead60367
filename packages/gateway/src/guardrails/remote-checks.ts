import { AppError, type GuardrailPlace, type RemoteDetectorSpec } from '@ratchet/contract'
import type { Finding } from '@ratchet/core/guardrails'
import type { Exchange } from '../calls/exchange.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'
import { readBounded } from '../providers/read-bounded.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'
import type { GuardReport } from './guard-report.ts'

type Check = { readonly spec: RemoteDetectorSpec; readonly text: string; readonly place: GuardrailPlace }

/** A longer text is asked about in pieces, all at once, that share a little where they meet. */
const pieceChars = 100_000
const sharedChars = 1000
const mostPieces = 10
/** Verdicts are small; more than this is none. */
const answerLimitBytes = 1024 * 1024

/**
 * Asks a service or a model about a text. A service that fails or is late is a finding when the rule fails closed, and
 * is recorded as not scanned in any case.
 */
export async function checkRemotely(
  exchange: Exchange,
  check: Check,
  { report, signal }: { report: GuardReport; signal: AbortSignal },
): Promise<Finding[]> {
  const { spec, text } = check
  const late = AbortSignal.any([signal, AbortSignal.timeout(spec.timeoutMs)])
  const pieces = piecesOf(text)
  const read = pieces.slice(0, mostPieces)
  try {
    const found = await Promise.all(read.map((piece) => ask(exchange, { ...check, text: piece }, late)))
    if (read.length === pieces.length) return found.flat()
    const reason = `text after ${mostPieces * (pieceChars - sharedChars)} characters`
    report.notScanned(`${spec.type}: ${reason}`)
    const unread =
      spec.onFailure === 'pass' ? [] : [{ ...finding(spec.type, 'check-failed', text), detail: reason }]
    return [...found.flat(), ...unread]
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    report.notScanned(`${spec.type}: ${reason}`)
    exchange.parts.log.warn(
      { check: spec.type, reason, requestId: exchange.requestId },
      'a guardrail could not check',
    )
    return spec.onFailure === 'pass' ? [] : [{ ...finding(spec.type, 'check-failed', text), detail: reason }]
  }
}

function piecesOf(text: string): string[] {
  const pieces: string[] = []
  for (let from = 0; from === 0 || from + sharedChars < text.length; from += pieceChars - sharedChars)
    pieces.push(text.slice(from, from + pieceChars))
  return pieces
}

function ask(exchange: Exchange, { spec, text, place }: Check, signal: AbortSignal): Promise<Finding[]> {
  switch (spec.type) {
    case 'openai-moderation':
      return askModeration(exchange, { spec, text }, signal)
    case 'azure-content-safety':
      return askAzure(exchange, { spec, text }, signal)
    case 'llama-guard':
      return askLlamaGuard(exchange, { spec, text, place }, signal)
    case 'judge':
      return askJudge(exchange, { spec, text }, signal)
  }
}

type Of<Type extends RemoteDetectorSpec['type']> = {
  readonly spec: Extract<RemoteDetectorSpec, { type: Type }>
  readonly text: string
}

async function askModeration(
  exchange: Exchange,
  { spec, text }: Of<'openai-moderation'>,
  signal: AbortSignal,
) {
  const connection = connectionOf(exchange, spec.connection)
  const path = `${connection.basePath}/moderations`
  const json = await post(exchange, connection, { path, body: { input: text } }, signal)
  const [result] = Array.isArray(json['results']) ? json['results'] : []
  if (!isJsonObject(result)) throw new Error('the service gave no result')
  const scores = isJsonObject(result['category_scores']) ? result['category_scores'] : {}
  const flags = isJsonObject(result['categories']) ? result['categories'] : {}
  const names: readonly string[] = spec.categories ?? Object.keys(scores)
  return names.flatMap((name) => {
    const score = Number(scores[name] ?? 0)
    const isHit = spec.threshold === undefined ? flags[name] === true : score >= spec.threshold
    return isHit ? [{ ...finding(spec.type, name, text), score }] : []
  })
}

const azureNames = { hate: 'Hate', sexual: 'Sexual', violence: 'Violence', 'self-harm': 'SelfHarm' } as const

async function askAzure(exchange: Exchange, { spec, text }: Of<'azure-content-safety'>, signal: AbortSignal) {
  const connection = connectionOf(exchange, spec.connection)
  const path = '/contentsafety/text:analyze?api-version=2024-09-01'
  const categories = (spec.categories ?? (Object.keys(azureNames) as (keyof typeof azureNames)[])).map(
    (name) => azureNames[name],
  )
  // The service takes 10,000 characters at a time.
  const findings: Finding[] = []
  for (let start = 0; start < text.length; start += 10_000) {
    const body = { text: text.slice(start, start + 10_000), categories, outputType: 'EightSeverityLevels' }
    const json = await post(exchange, connection, { path, body }, signal)
    const analysis: readonly unknown[] = Array.isArray(json['categoriesAnalysis'])
      ? json['categoriesAnalysis']
      : []
    for (const each of analysis) {
      if (!isJsonObject(each) || Number(each['severity'] ?? 0) < spec.severity) continue
      findings.push({
        ...finding(spec.type, String(each['category']), text),
        score: Number(each['severity']) / 7,
      })
    }
  }
  return findings
}

async function askLlamaGuard(
  exchange: Exchange,
  { spec, text, place }: Of<'llama-guard'> & { readonly place: GuardrailPlace },
  signal: AbortSignal,
) {
  const role = place === 'output' ? 'assistant' : 'user'
  const messages =
    role === 'user'
      ? [{ role, content: text }]
      : [
          { role: 'user', content: ' ' },
          { role, content: text },
        ]
  const { text: said } = await exchange.parts.innerModels.chat(
    exchange,
    { model: spec.model, messages, max_tokens: 64, temperature: 0 },
    signal,
  )
  const [verdict = '', codes = ''] = said.trim().toLowerCase().split('\n')
  if (verdict.trim() === 'safe') return []
  if (verdict.trim() !== 'unsafe')
    throw new Error(`the model answered neither safe nor unsafe: ${said.slice(0, 80)}`)
  const found = codes.split(',').map((code) => code.trim().toUpperCase())
  const wanted: readonly string[] | undefined = spec.categories
  return found
    .filter((code) => wanted === undefined || wanted.includes(code))
    .map((code) => finding(spec.type, code === '' ? 'unsafe' : code, text))
}

async function askJudge(exchange: Exchange, { spec, text }: Of<'judge'>, signal: AbortSignal) {
  const messages = [
    {
      role: 'system',
      content: `${spec.prompt}\n\nAnswer with a single number from 0 to 1 and nothing else.`,
    },
    { role: 'user', content: text },
  ]
  const { text: said } = await exchange.parts.innerModels.chat(
    exchange,
    { model: spec.model, messages },
    signal,
  )
  const number = /(?:^|[^\d.])(0(?:\.\d+)?|1(?:\.0+)?)(?![\d.])/.exec(said)?.[1]
  if (number === undefined) throw new Error(`the judge gave no number: ${said.slice(0, 80)}`)
  const score = Number(number)
  return score >= spec.threshold ? [{ ...finding(spec.type, 'judged', text), score }] : []
}

function finding(detector: string, kind: string, text: string): Finding {
  return { detector, kind, start: 0, end: text.length, score: 1 }
}

function connectionOf({ caller }: Exchange, name: string): CompiledConnection {
  const connection = caller?.project.connections.get(name)
  if (connection !== undefined) return connection
  throw new AppError('not_found', {
    message: `There is no connection "${name}".`,
    details: { connection: name },
  })
}

async function post(
  { parts }: Exchange,
  connection: CompiledConnection,
  { path, body }: { readonly path: string; readonly body: JsonObject },
  signal: AbortSignal,
): Promise<JsonObject> {
  const answer = await parts.pools.poolOf(connection).request({
    path,
    method: 'POST',
    headers: path.startsWith('/contentsafety/') ? withKey(connection) : connection.headers,
    body: JSON.stringify(body),
    signal,
  })
  const text = (await readBounded(answer.body, answerLimitBytes)).toString()
  const json = parseJsonOr(text)
  if (answer.statusCode < 300 && isJsonObject(json)) return json
  throw new Error(`the service answered ${answer.statusCode}: ${text.slice(0, 200)}`)
}

/** Azure's content safety takes its key under a name of its own. */
function withKey({ headers, credentials }: CompiledConnection): string[] {
  const [first] = credentials
  return first === undefined ? headers : [...headers, 'ocp-apim-subscription-key', first.value]
}
