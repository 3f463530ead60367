import { z } from 'zod'

/** What a model can be asked for. */
export const modelAbilityNames = [
  'streaming',
  'tools',
  'parallel-tools',
  'images-in',
  'structured-output',
  'reasoning',
  'logprobs',
  'several-choices',
  'seed',
  'embeddings',
  'image-generation',
  'speech',
  'transcription',
  'moderation',
  'rerank',
] as const
export const modelAbility = z.enum(modelAbilityNames)
export type ModelAbility = z.output<typeof modelAbility>

/** What is known of a model. An ability that stands in neither list has not been established: the provider decides. */
export const knownAbilities = z.object({
  abilities: z.array(modelAbility).default([]),
  /** A request that asks for one of these is refused, or goes without where dropping is allowed. */
  lacks: z.array(modelAbility).default([]),
  /** Longest answer in tokens. */
  maxOutputTokens: z.number().int().optional(),
})
export type KnownAbilities = z.output<typeof knownAbilities>
