import type { AnswerFacts } from '../formats/chat-answer.ts'
import type { ContentPart } from '../neutral/content.ts'
import type { NeutralAnswer, NeutralChoice } from '../neutral/neutral-answer.ts'

/** What accounting and traces want of an answer of any format. */
export function answerFacts({ choices, usage }: NeutralAnswer): AnswerFacts {
  const outputs = choices.map(outputOf)
  return {
    output: outputs.length > 1 ? JSON.stringify(outputs) : (outputs[0] ?? ''),
    finishReason: choices[0]?.finishRaw ?? '',
    usage,
  }
}

function outputOf({ parts }: NeutralChoice): string {
  let text = ''
  const calls: object[] = []
  for (const part of parts) {
    if (part.kind === 'tool-call') calls.push(callOf(part))
    else text += wordsOf(part)
  }
  if (calls.length === 0) return text
  return JSON.stringify(text === '' ? { tool_calls: calls } : { content: text, tool_calls: calls })
}

function callOf({ id, name, arguments: text }: Extract<ContentPart, { kind: 'tool-call' }>): object {
  return { id, type: 'function', function: { name, arguments: text } }
}

function wordsOf(part: ContentPart): string {
  if (part.kind === 'text' || part.kind === 'refusal') return part.text
  const transcript = part.kind === 'audio' ? part.extra?.['transcript'] : undefined
  return typeof transcript === 'string' ? transcript : ''
}
