import { localDetectorSpec, type CascadeCheck } from '@ratchet/contract'
import { makeDetector, type Detector } from '@ratchet/core/guardrails'
import type { JsonObject } from '../../formats/parse-json.ts'
import type { NeutralAnswer } from '../../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { checkAnswer, type Verdict } from '../../routing/cascade-checks.ts'
import type { Exchange } from '../exchange.ts'

const judgeLimitMs = 60_000

/** Whether the answer of a cheap model may stand, by the checks of its route. A judge is asked like any other model. */
export function reviewCascade(
  exchange: Exchange,
  checks: readonly CascadeCheck[],
  { answer, request, remainingMs }: { answer: NeutralAnswer; request: NeutralRequest; remainingMs: number },
): Promise<Verdict> {
  const signal = AbortSignal.timeout(Math.min(remainingMs, judgeLimitMs))
  return checkAnswer(checks, answer, {
    output: request.output,
    findSchemaProblem,
    judge: async ({ model, prompt }, text) => {
      const messages = [
        { role: 'system', content: `${prompt}\n\nAnswer with a single number from 0 to 1 and nothing else.` },
        { role: 'user', content: `Question:\n${questionOf(request)}\n\nAnswer:\n${text}` },
      ]
      const { text: said } = await exchange.parts.innerModels.chat(exchange, { model, messages }, signal)
      const number = /(?:^|[^\d.])(0(?:\.\d+)?|1(?:\.0+)?)(?![\d.])/.exec(said)?.[1]
      return number === undefined ? undefined : Number(number)
    },
  })
}

const detectors = new WeakMap<JsonObject, Detector>()

function findSchemaProblem(schema: JsonObject, value: unknown): string | undefined {
  let detector = detectors.get(schema)
  if (detector === undefined)
    detectors.set(schema, (detector = makeDetector(localDetectorSpec.parse({ type: 'json-schema', schema }))))
  return detector.scan(JSON.stringify(value))[0]?.detail
}

/** The last thing that the caller said. */
function questionOf({ messages }: NeutralRequest): string {
  const last = messages.findLast(({ role }) => role === 'user')
  return (last?.content ?? []).map((part) => (part.kind === 'text' ? part.text : '')).join('')
}
