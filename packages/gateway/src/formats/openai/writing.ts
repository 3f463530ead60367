import type { WriteOptions } from '../../neutral/codec.ts'
import type { NeutralRequest } from '../../neutral/neutral-request.ts'
import { leaveOut, type Unsupported } from '../../neutral/errors/unsupported.ts'

/** A request that is being written. */
export type Writing = Unsupported & {
  readonly request: NeutralRequest
  readonly options: WriteOptions
  /** The client spoke this same format, so that its unknown fields are written again. */
  readonly isOwn: boolean
}

export type Body = Record<string, unknown>

/** Temperature and nucleus. Values that change nothing are no reason to refuse. */
export function writeSampling(body: Body, writing: Writing): void {
  const { temperature, topP } = writing.request
  writeSetting(body, writing, { name: 'temperature', value: temperature, neutral: 1 })
  writeSetting(body, writing, { name: 'top_p', value: topP, neutral: 1 })
}

/** The two penalties of chat completions. */
export function writePenalties(body: Body, writing: Writing): void {
  const { frequencyPenalty, presencePenalty } = writing.request
  writeSetting(body, writing, { name: 'frequency_penalty', value: frequencyPenalty, neutral: 0 })
  writeSetting(body, writing, { name: 'presence_penalty', value: presencePenalty, neutral: 0 })
}

type Setting = {
  readonly name: string
  readonly value: number | undefined
  readonly neutral: number
}

function writeSetting(body: Body, writing: Writing, { name, value, neutral }: Setting): void {
  if (value === undefined) return
  if (writing.options.abilities.sampling !== false) body[name] = value
  else if (value !== neutral) leaveOut(writing, name)
}

/** Whether OpenAI knows the tier that a client of any format asks for; Anthropic's clients mean its own capacity. */
export function takesTier({ from, serviceTier }: NeutralRequest): boolean {
  if (from === 'openai-chat' || from === 'openai-responses') return true
  return serviceTier === 'flex' || serviceTier === 'priority'
}

/** Fields that change nothing about the answer: clients expect silence when a provider does not take them. */
const silent: ReadonlySet<string> = new Set([
  'user',
  'metadata',
  'stream_options',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'prompt_cache_options',
  'include',
])

/** Takes out what the provider refuses. */
export function removeRefused(body: Body, writing: Writing): void {
  for (const name of writing.options.abilities.refusedFields ?? []) {
    const value = body[name]
    if (value === undefined) continue
    delete body[name]
    // Clients of functions have not asked for single calls; their answers have room for no more.
    const isOurs = name === 'parallel_tool_calls' && writing.request.usesFunctions === true
    if (!isOurs && !isSilent(name, value)) leaveOut(writing, name)
  }
}

/** True for a field whose absence nobody notices. */
export function isSilent(name: string, value: unknown): boolean {
  if (value === null || silent.has(name)) return true
  if (name === 'store') return value === false
  if (name === 'parallel_tool_calls') return value === true
  if (name === 'n') return value === 1
  if (name === 'truncation') return value === 'disabled'
  return name === 'background' && value === false
}
