import type { CascadeCheck } from '@ratchet/contract'
import { isAbstention } from '@ratchet/core/text-metrics'
import { isJsonObject, parseJsonOr, type JsonObject } from '../formats/parse-json.ts'
import type { NeutralAnswer, NeutralChoice } from '../neutral/neutral-answer.ts'
import type { OutputShape } from '../neutral/neutral-request.ts'
import { isRefusal } from './is-refusal.ts'

export type Verdict = { readonly passed: true } | { readonly passed: false; readonly reason: string }

type JudgeCheck = Extract<CascadeCheck, { type: 'judge' }>

export type CheckParts = {
  /** What the request wants its answer to look like. */
  readonly output: OutputShape | undefined
  /** What is wrong with a value by a JSON schema; undefined: nothing. */
  readonly findSchemaProblem: (schema: JsonObject, value: unknown) => string | undefined
  /** Asks the judge model; a number from 0 to 1, undefined when it gave none. Its cost belongs to the request. */
  readonly judge: (check: JudgeCheck, text: string) => Promise<number | undefined>
}

/**
 * Whether the answer of a cheap model may stand. All its choices are looked at, and the checks run in the order of
 * their cost: a judge is only asked about what passed everything else. Calls of tools are an answer: they pass the
 * checks that look at text. A check that cannot be made (no logprobs, no verdict of the judge) is not passed, because
 * a control that silently does nothing is worse than a call too many.
 */
export async function checkAnswer(
  checks: readonly CascadeCheck[],
  answer: NeutralAnswer,
  parts: CheckParts,
): Promise<Verdict> {
  if (answer.choices.length === 0) return fail('the answer is empty')
  for (const check of checks) {
    if (check.type === 'judge') continue
    for (const choice of answer.choices) {
      const reason = findProblem(check, choice, parts)
      if (reason !== undefined) return fail(reason)
    }
  }
  for (const check of checks) {
    if (check.type !== 'judge') continue
    for (const choice of answer.choices) {
      if (callsTools(choice)) continue
      const score = await parts.judge(check, textOf(choice))
      if (score === undefined || Number.isNaN(score)) return fail(`judge ${check.model} gave no number`)
      if (score < check.minimum) return fail(`judge ${check.model}: ${score} is below ${check.minimum}`)
    }
  }
  return passed
}

/** True when the request must ask the provider for logprobs, so that a check can be made. */
export function needsLogprobs(checks: readonly CascadeCheck[]): boolean {
  return checks.some(({ type }) => type === 'confidence')
}

const passed: Verdict = { passed: true }

function findProblem(
  check: Exclude<CascadeCheck, JudgeCheck>,
  choice: NeutralChoice,
  parts: CheckParts,
): string | undefined {
  if (check.type === 'refusal') return findRefusal(choice)
  if (callsTools(choice)) return undefined
  switch (check.type) {
    case 'schema':
      return findShapeProblem(textOf(choice), parts)
    case 'min-length': {
      const length = countCharacters(textOf(choice))
      return length < check.characters ? `${length} characters, fewer than ${check.characters}` : undefined
    }
    case 'confidence': {
      const mean = meanProbability(choice.logprobs)
      if (mean === undefined) return 'the provider gave no logprobs to tell confidence by'
      return mean < check.minimum ? `confidence ${mean.toFixed(3)} is below ${check.minimum}` : undefined
    }
  }
}

function findRefusal(choice: NeutralChoice): string | undefined {
  if (choice.finish === 'refusal' || choice.finish === 'content-filter') return 'the model refused'
  if (choice.parts.some(({ kind }) => kind === 'refusal')) return 'the model refused'
  if (callsTools(choice)) return undefined
  const text = textOf(choice)
  if (isRefusal(text)) return 'the answer reads like a refusal'
  return isAbstention(text) ? 'the answer says that it does not know' : undefined
}

function findShapeProblem(text: string, { output, findSchemaProblem }: CheckParts): string | undefined {
  if (output === undefined || output.kind === 'text') return undefined
  const value = parseJsonOr(text)
  if (value === undefined) return 'the answer is not JSON'
  if (output.kind !== 'json-schema') return undefined
  const problem = findSchemaProblem(output.schema, value)
  return problem === undefined ? undefined : `the answer does not fit the schema: ${problem}`
}

/** Mean probability of the tokens, from logprobs in OpenAI's shape; undefined without any. */
export function meanProbability(logprobs: JsonObject | undefined): number | undefined {
  const content = logprobs?.['content']
  if (!Array.isArray(content)) return undefined
  let sum = 0
  let tokens = 0
  for (const token of content) {
    const logprob = isJsonObject(token) ? token['logprob'] : undefined
    if (typeof logprob !== 'number') continue
    sum += Math.min(1, Math.exp(logprob))
    tokens += 1
  }
  return tokens === 0 ? undefined : sum / tokens
}

function callsTools(choice: NeutralChoice): boolean {
  return choice.parts.some(({ kind }) => kind === 'tool-call')
}

function textOf(choice: NeutralChoice): string {
  let text = ''
  for (const part of choice.parts) if (part.kind === 'text') text += part.text
  return text
}

/** Not UTF-16 units, of which an emoji has two. */
function countCharacters(text: string): number {
  let count = 0
  for (const _ of text.trim()) count += 1
  return count
}

function fail(reason: string): Verdict {
  return { passed: false, reason }
}
