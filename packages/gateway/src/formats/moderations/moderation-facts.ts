import { AppError } from '@ratchet/contract'
import { invalidField } from '../../neutral/errors/invalid-field.ts'
import { objectField, objectsField, textField } from '../../neutral/json-field.ts'
import type { JsonObject } from '../parse-json.ts'

export type ModerationRequest = {
  /** Empty when the client leaves the choice to the provider. */
  readonly model: string
  /** The texts that are judged; pictures have none. */
  readonly texts: readonly string[]
  readonly images: number
}

/** Reads a body of /v1/moderations. Throws `validation_failed`. */
export function readModerationRequest(body: JsonObject): ModerationRequest {
  const { input } = body
  const list: readonly unknown[] = Array.isArray(input) ? input : [input]
  if (input === undefined || input === null || list.length === 0) {
    throw invalidField(
      'input',
      'The body has no "input"; give the text to judge, or a list with at least one.',
    )
  }
  const texts = list.filter((item) => typeof item === 'string')
  const parts = objectsField({ list }, 'list')
  return {
    model: textField(body, 'model') ?? '',
    texts: [...texts, ...parts.flatMap((part) => textField(part, 'text') ?? [])],
    images: parts.filter((part) => part['type'] === 'image_url').length,
  }
}

/** What traces want of an answer: how many inputs were flagged, and for what. */
export type ModerationFacts = {
  readonly results: number
  readonly flagged: number
  readonly categories: readonly string[]
}

/** Undefined when the JSON is no answer of /v1/moderations. */
export function readModerationAnswer(body: JsonObject): ModerationFacts | undefined {
  if (!Array.isArray(body['results'])) return undefined
  const results = objectsField(body, 'results')
  const categories = new Set<string>()
  for (const result of results) {
    const found = objectField(result, 'categories') ?? {}
    for (const name in found) if (found[name] === true) categories.add(name)
  }
  const flagged = results.filter((result) => result['flagged'] === true).length
  return { results: results.length, flagged, categories: [...categories] }
}

/** No model without a key can judge texts, so `offline` says so instead of calling everything harmless. */
export function moderateOffline(model: string): never {
  throw new AppError('not_supported', {
    message: `"${model}" cannot judge texts: moderation needs a model of a provider. Add a connection with one, or use a guardrail with local detectors.`,
    details: { param: 'model', model },
  })
}
