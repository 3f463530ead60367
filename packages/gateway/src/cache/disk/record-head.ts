import { usage } from '@ratchet/contract'
import { isJsonObject, parseJsonOr, type JsonObject } from '../../formats/parse-json.ts'
import type { AnswerFacts, AnswerFilter } from '../cached-answer.ts'

/** What a record of a segment is; as JSON in front of its body. */
export type RecordHead =
  | {
      readonly kind: 'answer'
      readonly key: string
      readonly facts: AnswerFacts
      /** Of semantic policies: what similar questions find it by. */
      readonly question?: StoredQuestion
    }
  /** All answers before this record that meet the filter are forgotten. */
  | { readonly kind: 'forget'; readonly filter: AnswerFilter }

/** A question with its vector as base64 of 32-bit floats. */
export type StoredQuestion = { readonly partition: string; readonly guard: string; readonly vector: string }

const keyShape = /^[0-9a-f]{64}$/

/** Undefined for what was not written by this version: such a record is skipped. */
export function readHead(text: string): RecordHead | undefined {
  const json = parseJsonOr(text)
  if (!isJsonObject(json)) return undefined
  if (json['kind'] === 'forget' && isJsonObject(json['filter'])) {
    return { kind: 'forget', filter: readFilter(json['filter']) }
  }
  const { kind, key, facts } = json
  if (kind !== 'answer' || typeof key !== 'string' || !keyShape.test(key) || !isJsonObject(facts))
    return undefined
  const read = readFacts(facts)
  if (read === undefined) return undefined
  const question = readQuestion(json['question'])
  return { kind, key, facts: read, ...(question === undefined ? {} : { question }) }
}

function readQuestion(json: unknown): StoredQuestion | undefined {
  if (!isJsonObject(json)) return undefined
  const { partition, guard, vector } = json
  if (typeof partition !== 'string' || typeof guard !== 'string' || typeof vector !== 'string')
    return undefined
  return { partition, guard, vector }
}

function readFacts(json: JsonObject): AnswerFacts | undefined {
  const { project, policy, model, provider, route, contentType } = json
  const { createdAtMs, expiresAtMs, costNano, costKnown, latencyMs } = json
  const used = usage.safeParse(json['usage'])
  if (typeof project !== 'string' || typeof policy !== 'string' || typeof model !== 'string') return undefined
  if (typeof provider !== 'string' || typeof route !== 'string' || typeof contentType !== 'string')
    return undefined
  if (typeof createdAtMs !== 'number' || typeof expiresAtMs !== 'number' || !used.success) return undefined
  if (typeof costNano !== 'number' || typeof costKnown !== 'boolean' || typeof latencyMs !== 'number')
    return undefined
  const names = { project, policy, model, provider, route, contentType }
  return { ...names, createdAtMs, expiresAtMs, usage: used.data, costNano, costKnown, latencyMs }
}

function readFilter(json: JsonObject): AnswerFilter {
  const text = (name: 'project' | 'policy' | 'model' | 'keyPrefix') => {
    const value = json[name]
    return typeof value === 'string' ? { [name]: value } : {}
  }
  const { createdBeforeMs } = json
  return {
    ...text('project'),
    ...text('policy'),
    ...text('model'),
    ...text('keyPrefix'),
    ...(typeof createdBeforeMs === 'number' ? { createdBeforeMs } : {}),
  }
}
