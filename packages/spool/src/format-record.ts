import type { SpanRecord } from '@ratchet/contract'
import { limitText } from './limit-text.ts'
import { stringifyRecord } from './stringify-record.ts'

/** How a record is written: with bodies up to a size, or without bodies when the disk is nearly full. */
export type BodyMode = { readonly kind: 'keep'; readonly limitBytes: number } | { readonly kind: 'drop' }

/**
 * One record as a line of JSON. Bodies over the limit are cut, and `input_bytes` or `output_bytes` in the
 * attributes tells their full size; dropped bodies leave the attribute `body_dropped`.
 */
export function formatRecord(record: SpanRecord, bodies: BodyMode): string {
  if (bodies.kind === 'drop') {
    const attributes = addAttribute(record.attributes, '"body_dropped":true')
    return `${stringifyRecord({ ...record, input: '', output: '', attributes })}\n`
  }
  const input = limitText(record.input, bodies.limitBytes)
  const output = limitText(record.output, bodies.limitBytes)
  // Nearly every record: no copy.
  if (input.fullBytes === undefined && output.fullBytes === undefined) return `${stringifyRecord(record)}\n`
  let { attributes } = record
  if (input.fullBytes !== undefined) attributes = addAttribute(attributes, `"input_bytes":${input.fullBytes}`)
  if (output.fullBytes !== undefined)
    attributes = addAttribute(attributes, `"output_bytes":${output.fullBytes}`)
  return `${stringifyRecord({ ...record, input: input.text, output: output.text, attributes })}\n`
}

function addAttribute(attributes: string, member: string): string {
  const rest = attributes.trim().slice(1)
  return rest.trimStart().startsWith('}') ? `{${member}}` : `{${member},${rest}`
}
