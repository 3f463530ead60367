import { makeBm25Index } from '../../retrieval/index.ts'
import { extractTerms } from '../../text-metrics/index.ts'
import { makeEvidence } from './evidence.ts'
import { fillArguments } from './fill-arguments.ts'
import { readable } from './flatten-tool-result.ts'
import { propertiesOf, textOf } from './json-schema.ts'
import type { OfflineTool, ToolChoice } from '../offline-request.ts'
import type { Conversation } from '../read-conversation.ts'

/** A call to one of the request's tools; `arguments` is JSON text, as in the OpenAI API. */
export type OfflineToolCall = { readonly id: string; readonly name: string; readonly arguments: string }

const nameWeight = 2

/**
 * The tool whose name, description and parameters share most with the question, with its arguments filled,
 * or undefined when none matches and none is demanded.
 */
export function chooseTool(
  tools: readonly OfflineTool[],
  choice: ToolChoice,
  conversation: Conversation,
): OfflineToolCall | undefined {
  const { question } = conversation
  const chosen =
    typeof choice === 'object'
      ? tools.find((tool) => tool.name === choice.name)
      : bestTool(tools, choice, question)
  if (!chosen) return undefined
  const filled = JSON.stringify(fillArguments(chosen, makeEvidence({ text: question, answer: question })))
  return { id: `call_${shortHash(`${chosen.name} ${filled}`)}`, name: chosen.name, arguments: filled }
}

function bestTool(
  tools: readonly OfflineTool[],
  choice: ToolChoice,
  question: string,
): OfflineTool | undefined {
  const names = tools.map((tool) => extractTerms(readable(tool.name)))
  const words = tools.map((tool) => [
    ...extractTerms(tool.description),
    ...propertiesOf(tool.parameters).flatMap(([name, schema]) =>
      extractTerms(`${readable(name)} ${textOf(schema, 'description')}`),
    ),
  ])
  const query = extractTerms(question)
  const byName = makeBm25Index(names).score(query)
  const byWords = makeBm25Index(words).score(query)
  const scores = tools.map((_, index) => nameWeight * (byName[index] ?? 0) + (byWords[index] ?? 0))
  const best = scores.indexOf(Math.max(...scores))
  if (choice === 'required') return tools[Math.max(0, best)]
  const distinct = [...new Set(query)]
  const isNamed = distinct.some((term) => names[best]?.includes(term))
  // One shared word of a description is chance; a word of the name, or several, is a match.
  const isDescribed = distinct.filter((term) => words[best]?.includes(term)).length >= 2
  return isNamed || isDescribed ? tools[best] : undefined
}

function shortHash(text: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return (hash >>> 0).toString(16).padStart(8, '0')
}
