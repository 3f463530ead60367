import { type KnownAbilities, type ModelAbility, type Provider, providerTable } from '@ratchet/contract'
import { modelAbilities } from './model-abilities.ts'
import { guessModelKind } from './model-kind.ts'

/** It fills a schema and picks a tool by its words; it is not a language model. */
const offline: KnownAbilities = {
  abilities: ['streaming', 'tools', 'structured-output'],
  lacks: ['images-in', 'reasoning', 'logprobs'],
}

/** Families of open models that are named for what they see. */
const seeingName = /llava|pixtral|vision|[-_]vl\b|[-_]vl[-_]/

/** Other than chat and embeddings: what a model is for stands in its name. */
const purposes: readonly (readonly [RegExp, ModelAbility])[] = [
  [/rerank/, 'rerank'],
  [/moderation|guard/, 'moderation'],
  [/whisper|transcri/, 'transcription'],
  [/tts|speech/, 'speech'],
  [/dall-e|image|imagine/, 'image-generation'],
]

/** What a model of a provider can be asked for, what it lacks, and, by leaving it out, what nobody has established. */
export function knownAbilities(provider: Provider, model: string): KnownAbilities {
  const name = model.toLowerCase()
  const kind = guessModelKind(model)
  if (kind === 'embedding') return { abilities: ['embeddings'], lacks: [] }
  if (kind === 'other')
    return {
      abilities: purposes.flatMap(([pattern, ability]) => (pattern.test(name) ? [ability] : [])),
      lacks: [],
    }
  if (provider === 'offline') return offline
  const facts = modelAbilities(provider, model)
  const { endpoints } = providerTable[provider]
  const isRefused = (field: string): boolean => facts.refusedFields?.includes(field) === true
  const chat: readonly (readonly [ModelAbility, boolean | undefined])[] = [
    ['streaming', endpoints.includes('chat') || endpoints.includes('responses') ? true : undefined],
    ['tools', facts.tools],
    ['parallel-tools', isRefused('parallel_tool_calls') ? false : facts.parallelToolCalls],
    ['images-in', facts.images ?? (seeingName.test(name) ? true : undefined)],
    ['structured-output', facts.structuredOutput],
    ['reasoning', facts.reasoning === undefined ? undefined : facts.reasoning !== 'none'],
    ['logprobs', isRefused('logprobs') ? false : facts.logprobs],
    ['several-choices', facts.choices],
    ['seed', facts.seed],
  ]
  const { maxOutputTokens } = facts
  return {
    abilities: chat.flatMap(([ability, has]) => (has === true ? [ability] : [])),
    lacks: chat.flatMap(([ability, has]) => (has === false ? [ability] : [])),
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
  }
}

/** What callers of a route can count on: all of its models have it; what one lacks, the route lacks. */
export function sharedAbilities(models: readonly KnownAbilities[]): KnownAbilities {
  const [first, ...rest] = models
  if (first === undefined) return { abilities: [], lacks: [] }
  const limits = models.flatMap(({ maxOutputTokens }) => maxOutputTokens ?? [])
  return {
    abilities: first.abilities.filter((ability) =>
      rest.every(({ abilities }) => abilities.includes(ability)),
    ),
    lacks: [...new Set(models.flatMap(({ lacks }) => lacks))],
    ...(limits.length === models.length ? { maxOutputTokens: Math.min(...limits) } : {}),
  }
}
