import { setImmediate as nextTurn } from 'node:timers/promises'
import { AppError, isAppError } from '@ratchet/contract'
import type { Exchange } from '../calls/exchange.ts'
import { resolveModel } from '../calls/resolve-model.ts'
import { fieldText, readMultipart, requiredField } from '../formats/audio/index.ts'
import { isJsonObject, parseJsonOr } from '../formats/parse-json.ts'
import { spliceBody, type Splice } from '../formats/splice-body.ts'
import { checkStrings, type Check } from '../guardrails/check-strings.ts'
import { checkLocally, needsServices } from '../guardrails/check-text.ts'
import { guardsOf, type GuardRule } from '../guardrails/compile-guards.ts'
import { GuardReport } from '../guardrails/guard-report.ts'

const newline = 0x0a
/** So much is read before other calls have their turn. */
const turnBytes = 64 * 1024

/**
 * A form with a file of batch requests after the guardrails on input of the routes that its lines name; every other form as
 * it is. Throws `guardrail_blocked` naming the line. Detectors of other services are not asked, and reported as not scanned.
 */
export async function guardUpload(exchange: Exchange, body: Buffer, contentType: string): Promise<Buffer> {
  const project = exchange.caller?.project
  if (project === undefined || project.config.guardrails.length === 0) return body
  const fields = readMultipart(body, contentType)
  if (fieldText(body, fields, 'purpose') !== 'batch') return body
  const { start: first, end: last } = requiredField(fields, 'file')
  const report = new GuardReport(exchange, 'input')
  const known = new Map<string, readonly GuardRule[]>()
  const splices: Splice[] = []
  let hasRules = false
  let read = 0
  try {
    for (let start = first, number = 1; start < last; number += 1) {
      const found = body.indexOf(newline, start)
      const end = found === -1 || found > last ? last : found
      const json = parseJsonOr(body.toString('utf8', start, end))
      const asked = isJsonObject(json) ? json['body'] : undefined
      const model = isJsonObject(asked) ? asked['model'] : undefined
      if (isJsonObject(json) && isJsonObject(asked) && typeof model === 'string') {
        let rules = known.get(model)
        if (rules === undefined) known.set(model, (rules = rulesOf(exchange, model)))
        hasRules ||= rules.length > 0
        const checked = rules.length === 0 ? asked : checkLine(asked, { rules, report, number })
        if (checked !== asked) splices.push({ start, end, text: JSON.stringify({ ...json, body: checked }) })
      }
      read += end - start
      start = end + 1
      if (read > turnBytes) {
        read = 0
        await nextTurn()
      }
    }
  } finally {
    if (hasRules) report.write(exchange)
  }
  return splices.length === 0 ? body : spliceBody(body, splices)
}

function checkLine(
  asked: object,
  { rules, report, number }: { rules: readonly GuardRule[]; report: GuardReport; number: number },
): object {
  if (needsServices(rules)) report.notScanned('detectors of other services')
  const check: Check = (text, form = 'aside') => {
    const { text: checked, stop } = checkLocally(text, { rules, report, form })
    if (stop === undefined) return checked
    const { message, details } = stop.error
    throw new AppError('guardrail_blocked', { message: `Line ${number} of the file: ${message}`, details })
  }
  return checkStrings(asked, check)
}

/** A model that nobody knows is refused later, with a better word. */
function rulesOf(exchange: Exchange, model: string): readonly GuardRule[] {
  const { caller, environment } = exchange
  if (caller === undefined) return []
  try {
    return (
      guardsOf(caller.project).of(resolveModel(caller.project, model, environment).guardrails)?.input ?? []
    )
  } catch (error) {
    if (!isAppError(error)) throw error
    return guardsOf(caller.project).of([])?.input ?? []
  }
}
