/** Makers whose models take settings of their own through Converse. */
export type ModelFamily = 'claude' | 'nova' | 'gpt' | 'mistral' | 'other'

/** The maker of a model, by its id, its inference profile or the ARN of either. */
export function familyOf(model: string): ModelFamily {
  if (/anthropic\.|claude/.test(model)) return 'claude'
  if (model.includes('amazon.nova')) return 'nova'
  if (/openai\.|gpt-oss/.test(model)) return 'gpt'
  return /mistral\.|pixtral/.test(model) ? 'mistral' : 'other'
}
