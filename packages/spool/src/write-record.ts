import { isUtf8 } from 'node:buffer'
import { limitText, type LimitedText } from './limit-text.ts'
import type { LineBuffer } from './line-buffer.ts'
import type { SpanDraft } from './span-record.ts'
import { stringifyMembers } from './stringify-record.ts'

/** How a record is written: with bodies up to a size, or without bodies when the disk is nearly full. */
export type BodyMode = { readonly kind: 'keep'; readonly limitBytes: number } | { readonly kind: 'drop' }

/** Longer texts are written by themselves: joined with others they would be copied once more. */
const longText = 16 * 1024

/**
 * Writes one record as a line of JSON. Bodies over the limit are cut, and `input_bytes` or `output_bytes` in the
 * attributes tells their full size; dropped bodies leave the attribute `body_dropped`.
 */
export function writeRecord(lines: LineBuffer, record: SpanDraft, bodies: BodyMode): void {
  const members = `{${stringifyMembers(record)}`
  if (bodies.kind === 'drop') {
    const attributes = addAttribute(record.attributes, '"body_dropped":true')
    return lines.text(`${members},"attributes":${JSON.stringify(attributes)}}\n`)
  }
  const input = limitText(record.input, bodies.limitBytes)
  const output = limitText(record.output, bodies.limitBytes)
  let { attributes } = record
  if (input.fullBytes !== undefined) attributes = addAttribute(attributes, `"input_bytes":${input.fullBytes}`)
  if (output.fullBytes !== undefined)
    attributes = addAttribute(attributes, `"output_bytes":${output.fullBytes}`)
  const end = attributes === '{}' ? '}\n' : `,"attributes":${JSON.stringify(attributes)}}\n`
  const afterInput = writeBody(lines, members, 'input', input.text)
  lines.text(`${writeBody(lines, afterInput, 'output', output.text)}${end}`)
}

/** Writes a body after what comes `before` it, or gives both back when they are short. */
function writeBody(lines: LineBuffer, before: string, name: string, body: LimitedText['text']): string {
  if (body.length === 0) return before
  if (typeof body === 'string' && body.length < longText) return `${before},"${name}":${JSON.stringify(body)}`
  lines.text(`${before},"${name}":`)
  if (typeof body === 'string') lines.text(JSON.stringify(body))
  // Only quotes, backslashes and control characters are escaped, and those are one byte in UTF-8 as in Latin-1.
  else if (isUtf8(body)) lines.binary(JSON.stringify(body.toString('latin1')))
  else lines.text(JSON.stringify(body.toString()))
  return ''
}

function addAttribute(attributes: string, member: string): string {
  const rest = attributes.trim().slice(1)
  return rest.trimStart().startsWith('}') ? `{${member}}` : `{${member},${rest}`
}
