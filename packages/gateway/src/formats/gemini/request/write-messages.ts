import type { WriteOptions } from '../../../neutral/codec.ts'
import type { ContentPart, ToolCallPart, ToolResultPart } from '../../../neutral/content.ts'
import { invalidField } from '../../../neutral/errors/invalid-field.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import { parseArguments } from '../../../neutral/tools/parse-arguments.ts'
import { typeOfOther } from '../../../neutral/errors/type-of-other.ts'
import { leaveOut } from '../../../neutral/errors/unsupported.ts'
import type { WrittenNames } from '../../../neutral/tools/written-names.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../../parse-json.ts'
import { isMadeUpCallId } from '../call-ids.ts'
import { writeMedia } from '../write-media.ts'

/** What writing a request carries from part to part. */
export type RequestWriting = {
  readonly request: NeutralRequest
  readonly options: WriteOptions
  readonly dropped: string[]
  readonly names: WrittenNames
}

type Turn = { readonly role: 'user' | 'model'; readonly parts: JsonObject[] }

/** Google's word for calls that another model made: thinking models refuse calls without a signature. */
const foreignSignature = 'skip_thought_signature_validator'

/**
 * `contents` and `systemInstruction`. System and developer messages at the top become the instruction; the format has
 * no place for later ones, which are told to the model in a turn of the user, between `<system_message>` tags. Results
 * of one round of calls become one turn.
 */
export function writeMessages(writing: RequestWriting): JsonObject {
  const system: JsonObject[] = []
  const contents: Turn[] = []
  const callNames = new Map<string, string>()
  let isAfterTool = false
  for (const [index, message] of writing.request.messages.entries()) {
    const parts: JsonObject[] = []
    const context = { writing, callNames, parts, at: `messages[${index}]` }
    for (const [at, part] of message.content.entries()) writePart(part, context, at)
    if (parts.length === 0) continue
    if (message.role === 'system' || message.role === 'developer') {
      if (isTop(contents)) system.push(...parts)
      else contents.push({ role: 'user', parts: [asSystemMessage(parts)] })
      isAfterTool = false
      continue
    }
    if (message.role === 'assistant') signFirstCall(parts, writing.options)
    const last = contents.at(-1)
    if (message.role === 'tool' && isAfterTool && last !== undefined) last.parts.push(...parts)
    else contents.push({ role: message.role === 'assistant' ? 'model' : 'user', parts })
    isAfterTool = message.role === 'tool'
  }
  // The format demands a turn; instructions alone are one.
  if (contents.length === 0) return { contents: [{ role: 'user', parts: system }] }
  return { contents, ...(system.length === 0 ? {} : { systemInstruction: { parts: system } }) }
}

/** Nothing may stand between calls and their results, so what is said there goes to the top as well. */
function isTop(contents: readonly Turn[]): boolean {
  const last = contents.at(-1)
  return (
    last === undefined ||
    (last.role === 'model' && last.parts.some((part) => part['functionCall'] !== undefined))
  )
}

function asSystemMessage(parts: readonly JsonObject[]): JsonObject {
  const texts = parts.flatMap((part) => (typeof part['text'] === 'string' ? [part['text']] : []))
  return { text: `<system_message>\n${texts.join('\n\n')}\n</system_message>` }
}

type PartContext = {
  readonly writing: RequestWriting
  readonly callNames: Map<string, string>
  readonly parts: JsonObject[]
  readonly at: string
}

function writePart(part: ContentPart, context: PartContext, index: number): void {
  const { writing, parts, at } = context
  const isOwn = writing.request.from === 'gemini'
  switch (part.kind) {
    case 'text': {
      if (part.text === '' && part.signature === undefined) return
      const signature = part.signature === undefined ? {} : { thoughtSignature: part.signature }
      parts.push({ text: part.text, ...signature, ...(isOwn ? part.extra : undefined) })
      return
    }
    case 'reasoning': {
      if (part.from !== 'gemini') return
      const signature = part.signature === undefined ? {} : { thoughtSignature: part.signature }
      parts.push({ text: part.text, thought: true, ...signature })
      return
    }
    case 'refusal':
      parts.push({ text: part.text })
      return
    case 'tool-call':
      parts.push(writeCall(part, context))
      return
    case 'tool-result':
      parts.push(...writeResult(part, context))
      return
    case 'other':
      if (part.format === 'gemini') parts.push(part.value)
      else
        leaveOut(
          writing,
          `${at}.content[${index}]`,
          `Only "${part.format}" has a "${typeOfOther(part.value)}"`,
        )
      return
    default: {
      const media = writeMedia(part)
      if (media === undefined) leaveOut(writing, `${at}.content[${index}]`, 'Send the file itself')
      else parts.push(isOwn && part.extra !== undefined ? { ...media, ...part.extra } : media)
    }
  }
}

function writeCall(part: ToolCallPart, { writing, callNames, at }: PartContext): JsonObject {
  const args = parseArguments(part.arguments)
  if (args === undefined) {
    throw invalidField(
      at,
      `The arguments of call "${part.id}" in ${at} are no JSON object; send them as one.`,
    )
  }
  callNames.set(part.id, part.name)
  const id = writtenId(part.id, writing.options)
  const signature =
    part.signature !== undefined && part.from === 'gemini' ? { thoughtSignature: part.signature } : {}
  return { functionCall: { ...id, name: writing.names.write(part.name), args }, ...signature }
}

/** Gemini wants the name of the function with its result; other formats only tell the id of the call (A4.23). */
function writeResult(part: ToolResultPart, { writing, callNames, at }: PartContext): readonly JsonObject[] {
  const name = part.name ?? callNames.get(part.callId)
  if (name === undefined) {
    throw invalidField(
      at,
      `${at} answers the call "${part.callId}", and no message before it makes that call.`,
    )
  }
  const texts: string[] = []
  const media: JsonObject[] = []
  for (const content of part.content) {
    const written = content.kind === 'text' ? undefined : writeMedia(content)
    if (content.kind === 'text') texts.push(content.text)
    else if (written === undefined) leaveOut(writing, at, 'Send the file itself')
    else if (typeof written['text'] === 'string') texts.push(written['text'])
    else media.push(written)
  }
  const isRefused = writing.options.abilities.refusedFields?.includes('functionResponse.parts') === true
  const inside = media.length > 0 && !isRefused ? { parts: media } : {}
  const response = writeResponse(texts.join('\n'), part.isError)
  const id = writtenId(part.callId, writing.options)
  const own = writing.request.from === 'gemini' ? part.extra : undefined
  const written = {
    functionResponse: { ...id, name: writing.names.write(name), response, ...inside, ...own },
  }
  return isRefused ? [written, ...media] : [written]
}

/** An object goes as it is, as long as reading it gives the same text again; anything else is "output" or "error". */
function writeResponse(text: string, isError: boolean): JsonObject {
  if (isError) return { error: text }
  if (!text.startsWith('{')) return { output: text }
  const value = parseJsonOr(text)
  if (!isJsonObject(value) || JSON.stringify(value) !== text) return { output: text }
  const isAmbiguous =
    typeof (value['output'] ?? value['error']) === 'string' && Object.keys(value).length === 1
  return isAmbiguous ? { output: text } : value
}

function writtenId(id: string, { abilities }: WriteOptions): { readonly id?: string } {
  return isMadeUpCallId(id) || abilities.refusedFields?.includes('functionCall.id') === true ? {} : { id }
}

function signFirstCall(parts: JsonObject[], { abilities }: WriteOptions): void {
  if (abilities.reasoning !== 'level') return
  const index = parts.findIndex((part) => part['functionCall'] !== undefined)
  const call = parts[index]
  if (call === undefined || call['thoughtSignature'] !== undefined) return
  parts[index] = { ...call, thoughtSignature: foreignSignature }
}
