import type { ContentPart } from '../content.ts'
import type { NeutralAnswer, NeutralEvent } from '../neutral-answer.ts'

/** Which names of tools a format takes. `pattern` matches a whole legal name. */
export type ToolNameRule = { readonly pattern: RegExp; readonly maxLength: number }

/** Written name to the client's name, where they differ. */
export type ToolNames = ReadonlyMap<string, string>

const hashLength = 7

/**
 * A name that the format takes: the same one where it is legal, else a cleaned and shortened one with a hash of the
 * whole name, so that two long names stay two. The same name always gives the same result.
 */
export function legalToolName(name: string, rule: ToolNameRule): string {
  if (name.length <= rule.maxLength && rule.pattern.test(name)) return name
  const clean = `t_${name.replaceAll(/[^a-zA-Z0-9_-]/g, '_')}`
  return `${clean.slice(0, rule.maxLength - hashLength - 1)}_${hashOf(name)}`
}

/** The client's name for what a provider calls. */
export function clientToolName(written: string, names: ToolNames | undefined): string {
  return names?.get(written) ?? written
}

/** An event with the client's name of the tool; the same event when it names none. */
export function restoreToolName(event: NeutralEvent, names: ToolNames | undefined): NeutralEvent {
  if (names === undefined || event.kind !== 'part-start' || event.start.kind !== 'tool-call') return event
  const name = names.get(event.start.name)
  return name === undefined ? event : { ...event, start: { ...event.start, name } }
}

/** An answer with the client's names of the tools. */
export function restoreToolNames(answer: NeutralAnswer, names: ToolNames | undefined): NeutralAnswer {
  if (names === undefined || names.size === 0) return answer
  const restore = (part: ContentPart): ContentPart =>
    part.kind === 'tool-call' ? { ...part, name: clientToolName(part.name, names) } : part
  const choices = answer.choices.map((choice) => ({ ...choice, parts: choice.parts.map(restore) }))
  return { ...answer, choices }
}

/** FNV-1a over UTF-16 units, in base 36. */
function hashOf(name: string): string {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  return (hash >>> 0).toString(36).padStart(hashLength, '0')
}
