import { isJsonObject, type JsonObject } from './parse-json.ts'

/** More would be no text that models write in one piece. */
const longestText = 4_096
/** Ends a JSON string, begins an escape in it, or may not stand in it. */
// oxlint-disable-next-line no-control-regex -- those are what JSON forbids
const special = /["\\\u0000-\u001f]/

/**
 * Most events of a chat stream are the same but for a piece of text. What stands before and after it in one event is
 * remembered, and the next event that has both is known without being parsed.
 */
export class TextEvents {
  #before: string | undefined
  #after = ''

  /** The text of an event that is like the one learnt last; undefined when it has to be parsed. */
  read(data: string): string | undefined {
    const before = this.#before
    if (before === undefined) return undefined
    const end = data.length - this.#after.length
    if (end < before.length || !data.startsWith(before) || !data.endsWith(this.#after)) return undefined
    const text = data.slice(before.length, end)
    // A plain text between the same bytes is the same JSON with another string in it; anything else is parsed.
    return text.length > longestText || special.test(text) ? undefined : text
  }

  /** Learns from an event that was parsed: it has one choice, the first, and in it nothing but text. */
  learn(data: string, json: JsonObject): void {
    const text = onlyText(json)
    if (text === undefined || special.test(text)) return
    const member = `"content":"${text}"`
    const at = data.indexOf(member)
    // The same words elsewhere could be what changes.
    if (at === -1 || data.includes(member, at + 1)) return
    this.#before = data.slice(0, at + '"content":"'.length)
    this.#after = data.slice(at + member.length - 1)
  }
}

function onlyText({ choices, usage, error }: JsonObject): string | undefined {
  const [choice, ...others]: unknown[] = Array.isArray(choices) ? choices : []
  if (others.length > 0 || !isJsonObject(choice) || !isNothing(usage) || !isNothing(error)) return undefined
  const { index, delta, finish_reason: reason } = choice
  if (!isNothing(reason) || (index !== 0 && index !== undefined) || !isJsonObject(delta)) return undefined
  const { content, role: _, ...rest } = delta
  const isAlone = Object.values(rest).every(isNothing)
  return typeof content === 'string' && content !== '' && isAlone ? content : undefined
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined
}
