import type { ChatMessage } from '@ratchet/contract'
import { splitSentences } from '../text-metrics/index.ts'
import { flattenToolResult } from './structured-output/flatten-tool-result.ts'
import { readPassages, type Passage } from './quoting/read-passages.ts'

/** What the offline model sees in a list of messages. */
export type Conversation = {
  readonly question: string
  /** The user message before this one, to understand "and what about that?". */
  readonly previousQuestion: string
  /** True when the prompt brought context of its own: passages, a labelled text, or tool results. */
  readonly hasContext: boolean
  readonly passages: readonly Passage[]
  /** System text outside the context: tells the topic, is never quoted. */
  readonly instructions: string
  /** The last user message as it came, for extraction into a schema. */
  readonly userText: string
  /** True when tools have already answered the last user message. */
  readonly hasToolResults: boolean
}

const questionLabel =
  /^[ \t]*(?:#{1,6}[ \t]*|\*\*)?(?:user question|question|query|user query|user)[ \t]*(?:\*\*)?:(?:\*\*)?[ \t]*/gimu
const nextLabel =
  /\n\s*(?:#{1,6}\s*|\*\*)?(?:answer|response|output|assistant|context|documents?|sources?)\s*(?:\*\*)?:/iu
const instructionStart =
  /^(?:you (?:are|must|should|will|can|may)|your (?:task|job|role|goal)|answer|use|cite|always|never|do not|don't|if you|when you|be |please|respond|reply|keep|only |write|return|give)\b/iu

/** Finds the question and what may be quoted to answer it. */
export function readConversation(messages: readonly ChatMessage[]): Conversation {
  const lastUser = messages.findLastIndex((message) => message.role === 'user')
  const userText = textOfMessage(messages[lastUser])
  const earlier = messages.slice(0, Math.max(0, lastUser))
  const userTurns = earlier.filter((message) => message.role === 'user').map(textOfMessage)
  const system = messages.filter((message) => message.role === 'system' || message.role === 'developer')
  const systemParts = system.map((message) => readPassages(textOfMessage(message)))
  const labelled = cutLabelledQuestion(userText)
  const user = readPassages(labelled.context)
  const asked = labelled.question === '' ? user.rest : labelled.question
  const split = splitQuestion(asked)
  const toolTexts = messages
    .slice(lastUser + 1)
    .filter((message) => message.role === 'tool')
    .map(textOfMessage)
  const marked = [
    ...systemParts.flatMap((part) => part.passages),
    ...user.passages,
    ...toolTexts.flatMap(toolPassages),
  ]
  const instructions = systemParts.map((part) => part.rest).join('\n')
  const spoken = [split.context, ...userTurns.toReversed(), quotable(instructions)]
  return {
    // Beside passages, what was said around the question tells what is looked for; it is no context to quote.
    question: marked.length > 0 ? asked.trim() : split.question,
    previousQuestion: splitQuestion(
      cutLabelledQuestion(userTurns.at(-1) ?? '').question || (userTurns.at(-1) ?? ''),
    ).question,
    hasContext: marked.length > 0,
    passages: marked.length > 0 ? marked : spoken.filter((text) => text.trim() !== '').map(unmarked),
    instructions,
    userText,
    hasToolResults: toolTexts.length > 0,
  }
}

/** The text of a message; parts that are not text (images, audio) are passed over. */
export function textOfMessage(message: ChatMessage | undefined): string {
  const content = message?.content
  if (typeof content === 'string') return content
  return (content ?? []).map((part) => (typeof part['text'] === 'string' ? part['text'] : '')).join('\n')
}

function cutLabelledQuestion(text: string): { question: string; context: string } {
  const label = [...text.matchAll(questionLabel)].at(-1)
  if (!label) return { question: '', context: text }
  const after = text.slice(label.index + label[0].length)
  const end = nextLabel.exec(after)?.index ?? after.length
  return {
    question: after.slice(0, end).trim(),
    context: `${text.slice(0, label.index)}\n${after.slice(end)}`,
  }
}

/** Statements beside a question are context: "My name is Ada. What is my name?" */
function splitQuestion(text: string): { question: string; context: string } {
  const sentences = splitSentences(text)
  const asked = sentences.filter((sentence) => /[?？]["'”’)\]*_]*$/u.test(sentence.text))
  if (asked.length > 0 && asked.length < sentences.length) {
    const others = sentences.filter((sentence) => !asked.includes(sentence))
    return { question: joined(asked), context: joined(others) }
  }
  const paragraphs = text.split(/\n\s*\n/u).filter((paragraph) => paragraph.trim() !== '')
  const last = paragraphs.at(-1)
  if (asked.length === 0 && last !== undefined && paragraphs.length > 1 && text.length > 300) {
    return { question: last.trim(), context: paragraphs.slice(0, -1).join('\n\n') }
  }
  return { question: text.trim(), context: '' }
}

function quotable(instructions: string): string {
  return joined(
    splitSentences(instructions).filter(({ text }) => !instructionStart.test(text.replace(/^[-*]\s+/u, ''))),
  )
}

function joined(sentences: readonly { text: string }[]): string {
  return sentences.map((sentence) => sentence.text).join('\n')
}

function toolPassages(text: string): Passage[] {
  const { passages } = readPassages(text)
  return passages.length > 0
    ? passages
    : [unmarked(flattenToolResult(text))].filter((passage) => passage.text !== '')
}

function unmarked(text: string): Passage {
  return { number: undefined, title: '', text }
}
