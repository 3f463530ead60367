import type { WriteOptions } from '../../../neutral/codec.ts'
import type { NeutralRequest, OutputShape } from '../../../neutral/neutral-request.ts'
import type { JsonObject } from '../../parse-json.ts'

/**
 * The tool that a model must call when it cannot be held to a schema otherwise: its arguments are the answer. The
 * readers of answers turn a call of it into text.
 */
export const answerToolName = 'structured_answer'

/** The ways to hold a model to a shape of its answer. */
export type OutputPlan =
  | { readonly kind: 'free' }
  | { readonly kind: 'format'; readonly shape: Extract<OutputShape, { kind: 'json-schema' }> }
  | { readonly kind: 'tool'; readonly shape: Extract<OutputShape, { kind: 'json-schema' }> }
  | { readonly kind: 'instruction'; readonly text: string }

/** Anthropic's models have no mode for JSON without a schema, so they are told. */
const jsonInstruction =
  'Answer with one valid JSON object and nothing else: no text around it, no code fence.'

/** Chooses the way; clients of Anthropic that name a schema know that their model takes one. */
export function planOutput({ output, from }: NeutralRequest, { abilities }: WriteOptions): OutputPlan {
  if (output === undefined || output.kind === 'text') return { kind: 'free' }
  if (output.kind !== 'json-schema') return { kind: 'instruction', text: jsonInstruction }
  const isNative = abilities.structuredOutput ?? from === 'anthropic'
  return { kind: isNative ? 'format' : 'tool', shape: output }
}

/** Name and description of the tool whose arguments are the answer. */
export function describeAnswerTool(shape: Extract<OutputShape, { kind: 'json-schema' }>): string {
  const what = shape.description === undefined ? '' : ` ${shape.description}`
  return `Gives the answer "${shape.name}" to the user.${what} Always answer by calling this tool, once, with the whole answer.`
}

/** The schema as arguments of a tool, which are always an object. */
export function answerSchema(schema: JsonObject): JsonObject {
  return schema['type'] === 'object' ? schema : { ...schema, type: 'object' }
}
