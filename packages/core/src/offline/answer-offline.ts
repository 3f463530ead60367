import { makeAnswerUnits } from './quoting/answer-units.ts'
import { chooseTool, type OfflineToolCall } from './structured-output/choose-tool.ts'
import { composeAnswer, offlineAbstention } from './quoting/compose-answer.ts'
import { estimateTokens } from './estimate-tokens.ts'
import { fillSchema } from './structured-output/fill-schema.ts'
import type { OfflineRequest } from './offline-request.ts'
import { rankUnits } from './quoting/rank-units.ts'
import { readConversation, type Conversation } from './read-conversation.ts'
import { streamPieces } from './stream-pieces.ts'

/** Text, or the tools to call first. `length`: cut at the request's `maxTokens`. */
export type OfflineAnswer =
  | { readonly kind: 'text'; readonly text: string; readonly finishReason: 'stop' | 'length' }
  | {
      readonly kind: 'tool-calls'
      readonly toolCalls: readonly OfflineToolCall[]
      readonly finishReason: 'tool_calls'
    }

const withoutContext =
  'I could not find an answer in these messages. I am offline/extractive, not a language model: I answer by ' +
  'quoting text I am given. Add passages to the prompt, or connect a model provider.'

/**
 * Answers a chat without any model: quotes one to three sentences of the context that best match the
 * question, with citation markers; says so when the context does not answer. With a JSON response format
 * the text is JSON that fits the schema; with tools it calls the one whose words match best. Deterministic.
 */
export function answerOffline(request: OfflineRequest): OfflineAnswer {
  const conversation = readConversation(request.messages)
  if (request.tools && request.toolChoice !== 'none' && !conversation.hasToolResults) {
    const call = chooseTool(request.tools, request.toolChoice ?? 'auto', conversation)
    if (call) return { kind: 'tool-calls', toolCalls: [call], finishReason: 'tool_calls' }
  }
  const text = answerInText(conversation)
  if (request.responseFormat) {
    const source = [
      conversation.userText,
      ...conversation.passages.map((passage) => `${passage.title}\n${passage.text}`),
    ]
    const schema = request.responseFormat.schema ?? defaultSchema
    const filled = fillSchema(schema, { text: source.join('\n\n'), answer: text })
    return { kind: 'text', text: JSON.stringify(filled), finishReason: 'stop' }
  }
  return limitTokens(text, request.maxTokens)
}

const defaultSchema = { type: 'object', properties: { answer: { type: 'string' } }, required: ['answer'] }

function answerInText(conversation: Conversation): string {
  const { question, previousQuestion, instructions, passages, hasContext, hasToolResults } = conversation
  const units = passages.flatMap(makeAnswerUnits)
  const query = { text: question, previous: previousQuestion, topic: instructions }
  const answer = composeAnswer(rankUnits(query, units), units, { passages, question })
  // Markers without a word are no answer.
  if (answer !== undefined && answer.trim() !== '') return answer
  // What a tool returned is the answer, also when it shares no word with the question.
  if (hasToolResults) return passages.at(-1)?.text.slice(0, 700) || offlineAbstention
  return hasContext ? offlineAbstention : withoutContext
}

function limitTokens(text: string, maxTokens: number | undefined): OfflineAnswer {
  if (maxTokens === undefined || estimateTokens(text) <= maxTokens)
    return { kind: 'text', text, finishReason: 'stop' }
  const pieces = streamPieces(text)
  const beginning = (count: number) => pieces.slice(0, count).join('')
  // Tokens only grow with the text, so the place is searched for: counting anew after each piece takes for ever.
  let fitting = 0
  let tooMany = pieces.length
  while (tooMany - fitting > 1) {
    const middle = (fitting + tooMany) >> 1
    if (estimateTokens(beginning(middle)) > maxTokens) tooMany = middle
    else fitting = middle
  }
  return { kind: 'text', text: beginning(fitting), finishReason: 'length' }
}
