import type { JsonObject } from '../formats/parse-json.ts'
import type { Message } from './neutral-request.ts'

/** One turn of a conversation. Results of tools stand before everything else of their turn. */
export type Turn = {
  readonly role: 'user' | 'assistant' | 'system'
  readonly results: JsonObject[]
  readonly blocks: JsonObject[]
}

/** How a format of turns (Anthropic's, Bedrock's) writes what is in them. */
export type TurnFormat = {
  /** The blocks of a message. */
  readonly writeMessage: (message: Message, at: number) => JsonObject[]
  /** The blocks of a message that may stand in a system prompt. */
  readonly writeSystem: (message: Message, at: number) => JsonObject[]
  readonly textBlock: (text: string) => JsonObject
  readonly textOf: (block: JsonObject) => string | undefined
  readonly isResult: (block: JsonObject) => boolean
  /** Where a later system message remains one: everywhere, where every model that takes any takes it, or nowhere. */
  readonly systemStays: 'always' | 'behind-user' | 'never'
  /** False when the client writes the same format, and so knows its rules. */
  readonly isMended: boolean
}

export type Turns = { readonly system: readonly JsonObject[]; readonly turns: readonly Turn[] }

/** Says "go on" where a conversation does not begin with the user, which formats of turns demand. */
const placeholder = '.'

/**
 * System and developer messages at the top become `system`. Later ones stay where they stand when the model takes
 * them there (after a user's turn, before the assistant's); otherwise they are told to the model in the user's turn,
 * between `<system_message>` tags. Neighbouring messages of one role become one turn.
 */
export function buildTurns(messages: readonly Message[], format: TurnFormat): Turns {
  const system: JsonObject[] = []
  const turns: Turn[] = []
  let isTop = true
  messages.forEach((message, at) => {
    if (!isSystem(message)) {
      isTop = false
      addTurn(turns, writeTurn(message, at, format))
    } else if (isTop) system.push(...format.writeSystem(message, at))
    else addSystem(turns, format, { messages, at })
  })
  if (format.isMended) {
    if (turns[0]?.role !== 'user')
      turns.unshift({ role: 'user', results: [], blocks: [format.textBlock(placeholder)] })
    trimPrefill(turns, format)
  }
  return { system, turns }
}

type Place = { readonly messages: readonly Message[]; readonly at: number }

function isSystem(message: Message): boolean {
  return message.role === 'system' || message.role === 'developer'
}

function addSystem(turns: Turn[], format: TurnFormat, { messages, at }: Place): void {
  const message = messages[at]
  if (message === undefined) return
  const blocks = format.writeSystem(message, at)
  if (mayStay(turns, format, { messages, at })) {
    addTurn(turns, { role: 'system', results: [], blocks })
    return
  }
  const text = blocks.flatMap((block) => format.textOf(block) ?? []).join('\n\n')
  if (text === '') return
  const told = format.textBlock(`<system_message>\n${text}\n</system_message>`)
  addTurn(turns, { role: 'user', results: [], blocks: [told] })
}

function mayStay(turns: readonly Turn[], { systemStays }: TurnFormat, { messages, at }: Place): boolean {
  if (systemStays !== 'behind-user') return systemStays === 'always'
  const previous = turns.at(-1)?.role
  if (previous !== 'user' && previous !== 'system') return false
  const next = messages.slice(at + 1).find((message) => !isSystem(message))
  return next === undefined || next.role === 'assistant'
}

function writeTurn(message: Message, at: number, format: TurnFormat): Turn {
  const blocks = format.writeMessage(message, at)
  const role = message.role === 'assistant' ? 'assistant' : 'user'
  const results = role === 'assistant' ? [] : blocks.filter(format.isResult)
  if (results.length === 0) return { role, results, blocks }
  return { role, results, blocks: blocks.filter((block) => !format.isResult(block)) }
}

/** A turn of nothing is refused by providers, and says nothing. */
function addTurn(turns: Turn[], turn: Turn): void {
  if (turn.results.length === 0 && turn.blocks.length === 0) return
  const last = turns.at(-1)
  if (last?.role !== turn.role) {
    turns.push(turn)
    return
  }
  last.results.push(...turn.results)
  last.blocks.push(...turn.blocks)
}

/** The beginning of an answer that the client gives must not end in blanks. */
function trimPrefill(turns: readonly Turn[], { textOf }: TurnFormat): void {
  const last = turns.at(-1)
  const block = last?.role === 'assistant' ? last.blocks.at(-1) : undefined
  const text = block === undefined ? undefined : textOf(block)
  if (last !== undefined && text !== undefined)
    last.blocks[last.blocks.length - 1] = { ...block, text: text.trimEnd() }
}
