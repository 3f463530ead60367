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
  else if (isUtf8(body)) writeEscaped(lines, body)
  else lines.text(JSON.stringify(body.toString()))
  return ''
}

/** Texts of this size are made and forgotten; larger ones V8 keeps apart, which costs a large collection every hundred calls. */
const pieceBytes = 16 * 1024

/** UTF-8 as a JSON text. What is escaped is one byte in UTF-8 as in Latin-1, so each byte can be a character of its own. */
function writeEscaped(lines: LineBuffer, body: Buffer): void {
  if (body.length <= pieceBytes) return lines.binary(JSON.stringify(body.toString('latin1')))
  lines.binary('"')
  for (let from = 0; from < body.length; from += pieceBytes) {
    const piece = JSON.stringify(body.toString('latin1', from, from + pieceBytes))
    lines.binary(piece.slice(1, -1))
  }
  lines.binary('"')
}

function addAttribute(attributes: string, member: string): string {
  const rest = attributes.trim().slice(1)
  return rest.trimStart().startsWith('}') ? `{${member}}` : `{${member},${rest}`
}
