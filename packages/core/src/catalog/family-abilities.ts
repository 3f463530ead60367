import type { ModelAbilities } from './model-abilities.ts'

/** Facts of a family of models, found by name; whoever serves them. Undefined for names of other families. */
export type FamilyAbilities = (model: string) => ModelAbilities | undefined

const claudeName =
  /claude-(?:(opus|sonnet|haiku|fable|mythos)-)?(\d)(?:[.-](\d{1,2})(?!\d))?(?:-(opus|sonnet|haiku))?/

/** Claude: budgets of thinking until 4.5, both ways in 4.6, only adaptive from 4.7 on. */
export const claudeAbilities: FamilyAbilities = (model) => {
  const match = claudeName.exec(model)
  if (!match)
    return /claude-(?:v1|2|instant)/.test(model)
      ? { reasoning: 'none', tools: false, images: false }
      : undefined
  const kind = match[1] ?? match[4] ?? ''
  const version = Number(match[2]) + Number(match[3] ?? 0) / 10
  const maxOutputTokens = claudeOutput(kind, version)
  const shared = {
    ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
    structuredOutput: version >= 4.5,
    tools: true,
    images: true,
  }
  if (version < 3.7) return { ...shared, reasoning: 'none' }
  if (version < 4.6) return { ...shared, reasoning: 'budget' }
  if (version < 4.7) return { ...shared, reasoning: 'adaptive' }
  // Fable 5.1 and the models of 5.5 think always, and answer 400 to a tool that they are forced to use.
  const isAlwaysThinking = version >= 5.5 || (kind === 'fable' && version > 5)
  return {
    ...shared,
    reasoning: 'adaptive',
    sampling: false,
    ...(isAlwaysThinking ? { forcedToolChoice: false } : {}),
  }
}

function claudeOutput(kind: string, version: number): number | undefined {
  if (version < 3.5) return 4_096
  if (version < 3.7) return 8_192
  if (kind === 'opus' && version < 4.5) return 32_000
  if (version < 4.6) return 64_000
  return kind === 'haiku' ? undefined : 128_000
}

const allEfforts = ['minimal', 'low', 'medium', 'high'] as const
const noLogprobs = ['logprobs', 'top_logprobs', 'logit_bias'] as const

/** OpenAI's models: the o series and GPT-5 reason and take no temperature; from 5.1 on they do while not reasoning. */
export const gptAbilities: FamilyAbilities = (model) => {
  const name = model.replace(/^.*\//, '')
  if (name.startsWith('gpt-oss')) {
    return { reasoning: 'effort', efforts: ['low', 'medium', 'high'], tools: true, images: false }
  }
  if (/^o1-(?:mini|preview)/.test(name)) {
    return {
      reasoning: 'none',
      sampling: false,
      developerRole: false,
      structuredOutput: false,
      tools: false,
      images: false,
    }
  }
  if (/^o\d/.test(name)) {
    return {
      reasoning: 'effort',
      efforts: ['low', 'medium', 'high'],
      sampling: false,
      maxOutputTokens: 100_000,
      tools: true,
      images: !/^o\d-mini/.test(name) || name.startsWith('o4-mini'),
      refusedFields: [...noLogprobs, 'parallel_tool_calls'],
    }
  }
  const match = /^gpt-(\d+)(?:\.(\d+))?/.exec(name)
  return match ? gptVersion(name, Number(match[1]), Number(match[2] ?? 0)) : undefined
}

const sees = { tools: true, images: true } as const

function gptVersion(name: string, major: number, minor: number): ModelAbilities {
  if (major >= 5) {
    if (name.includes('-chat')) return { reasoning: 'none', maxOutputTokens: 16_384, images: true }
    const isFirst = major === 5 && minor === 0
    return {
      reasoning: 'effort',
      efforts: isFirst ? allEfforts : ['none', 'low', 'medium', 'high', 'xhigh'],
      maxOutputTokens: 128_000,
      tools: true,
      images: true,
      ...(isFirst ? { sampling: false, refusedFields: noLogprobs } : {}),
      ...(major === 5 && minor >= 6 ? { sampling: false } : {}),
    }
  }
  if (name.startsWith('gpt-4o')) {
    return { reasoning: 'none', maxOutputTokens: 16_384, ...(/audio|search/.test(name) ? {} : sees) }
  }
  if (major === 4 && minor >= 1) return { reasoning: 'none', maxOutputTokens: 32_768, ...sees }
  const isTurbo = name.startsWith('gpt-4-turbo')
  return {
    reasoning: 'none',
    structuredOutput: false,
    tools: !name.includes('instruct'),
    images: isTurbo,
    ...(isTurbo ? { maxOutputTokens: 4_096 } : {}),
  }
}

/** Gemini: budgets of thinking in 2.5, levels from 3 on. */
export const geminiAbilities: FamilyAbilities = (model) => {
  const match = /gemini-(\d+)(?:\.(\d+))?/.exec(model)
  if (!match) return undefined
  const version = Number(match[1]) + Number(match[2] ?? 0) / 10
  const shared = version < 1.5 ? {} : { tools: true, images: true }
  if (version < 2.5) return { ...shared, reasoning: 'none', maxOutputTokens: 8_192 }
  return { ...shared, reasoning: version < 3 ? 'budget' : 'level', maxOutputTokens: 65_536 }
}

/** Grok: only a few take an effort, and those that reason refuse penalties and stop sequences. */
export const grokAbilities: FamilyAbilities = (model) => {
  const match = /grok-(\d)/.exec(model)
  if (!match) return undefined
  const takesEffort = /grok-3-mini|grok-4\.20-multi-agent|grok-4\.3/.test(model)
  const isReasoning = takesEffort || (Number(match[1]) >= 4 && !model.includes('non-reasoning'))
  return {
    reasoning: takesEffort ? 'effort' : 'none',
    tools: true,
    images: model.includes('vision') || (Number(match[1]) >= 4 && !model.includes('code')),
    ...(isReasoning ? { refusedFields: ['presence_penalty', 'frequency_penalty', 'stop'] } : {}),
  }
}
