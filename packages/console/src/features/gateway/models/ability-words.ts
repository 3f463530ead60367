import type { ModelAbility } from '@ratchet/contract'

/** Abilities as people call them. */
export const abilityWords: Readonly<Record<ModelAbility, string>> = {
  streaming: 'streaming',
  tools: 'tools',
  'parallel-tools': 'parallel tools',
  'images-in': 'images in',
  'structured-output': 'structured output',
  reasoning: 'reasoning',
  logprobs: 'log probabilities',
  'several-choices': 'several choices',
  seed: 'seed',
  embeddings: 'embeddings',
  'image-generation': 'image generation',
  speech: 'speech',
  transcription: 'transcription',
  moderation: 'moderation',
  rerank: 'rerank',
}
