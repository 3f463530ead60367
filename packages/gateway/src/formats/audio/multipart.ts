import { AppError } from '@ratchet/contract'
import { invalidField } from '../../neutral/errors/invalid-field.ts'
import type { ByteRange } from '../scan-fields.ts'

/** One field of a form: its value are the bytes from `start` up to, not including, `end`. */
export type MultipartField = ByteRange & {
  readonly name: string
  /** Undefined for fields that are no files. */
  readonly fileName: string | undefined
}

const lineBreak = Buffer.from('\r\n')
const headEnd = Buffer.from('\r\n\r\n')
const dash = 0x2d
const maxFields = 200
const maxHeadBytes = 8 * 1024

/**
 * Finds the fields of a multipart form in its bytes; nothing is copied or decoded but names. Throws `bad_request`
 * when the content type or the form is broken.
 */
export function readMultipart(body: Buffer, contentType: string): readonly MultipartField[] {
  const delimiter = Buffer.from(`\r\n--${readBoundary(contentType)}`)
  const fields: MultipartField[] = []
  // The first delimiter may stand at the very beginning, without a line break before it.
  const startsAtOnce = body.subarray(0, delimiter.length - 2).equals(delimiter.subarray(2))
  let at = startsAtOnce ? delimiter.length - 2 : find(body, delimiter, 0) + delimiter.length
  while (!isLast(body, at)) {
    const start = find(body, headEnd, at) + headEnd.length
    if (start - at > maxHeadBytes) throw broken('the head of a field is too long')
    const end = find(body, delimiter, start)
    fields.push({ ...readHead(body.toString('utf8', at, start)), start, end })
    if (fields.length > maxFields) throw broken(`it has more than ${maxFields} fields`)
    at = end + delimiter.length
  }
  return fields
}

/** A field that must stand in the form exactly once, and not be empty. Throws `validation_failed` naming it. */
export function requiredField(fields: readonly MultipartField[], name: string): MultipartField {
  const [field, second] = fields.filter((candidate) => candidate.name === name)
  if (field === undefined || field.end === field.start) {
    throw invalidField(name, `The form has no "${name}"; give it as a field of its own.`)
  }
  // Parsers differ in which of two they believe, so we could account for one and pay for another.
  if (second !== undefined) throw invalidField(name, `The form has "${name}" twice; give it once.`)
  return field
}

/** The text of a field; undefined when the form does not have it. */
export function fieldText(body: Buffer, fields: readonly MultipartField[], name: string): string | undefined {
  const field = fields.find((candidate) => candidate.name === name)
  return field === undefined ? undefined : body.toString('utf8', field.start, field.end)
}

function readBoundary(contentType: string): string {
  const found = /^multipart\/form-data\s*;(?:[^;]*;)*?\s*boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType)
  const boundary = found?.[1] ?? found?.[2] ?? ''
  if (boundary !== '' && boundary.length <= 200) return boundary
  throw new AppError('bad_request', {
    message: `The content type is ${JSON.stringify(contentType.slice(0, 200))}; send the form as multipart/form-data with a boundary.`,
    details: { param: 'content-type' },
  })
}

/** Two dashes follow the delimiter after the last field. Spaces may follow any delimiter. */
function isLast(body: Buffer, at: number): boolean {
  if (body[at] === dash && body[at + 1] === dash) return true
  const lineEnd = body.indexOf(lineBreak, at)
  const isBlank = lineEnd !== -1 && body.toString('latin1', at, lineEnd).trim() === ''
  if (!isBlank) throw broken('a delimiter is not followed by a line break')
  return false
}

function readHead(head: string): Pick<MultipartField, 'name' | 'fileName'> {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ''
  const name = readParameter(disposition, 'name')
  if (name === undefined) throw broken('a field has no name')
  return { name, fileName: readParameter(disposition, 'filename') }
}

function readParameter(disposition: string, name: string): string | undefined {
  const found = new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^\\s;]+))`, 'i').exec(disposition)
  const value = found?.[1] ?? found?.[2]
  return value?.replaceAll(/\\(.)/g, '$1')
}

function find(body: Buffer, bytes: Buffer, from: number): number {
  const at = body.indexOf(bytes, from)
  if (at === -1) throw broken('it ends in the middle')
  return at
}

function broken(problem: string): AppError {
  return new AppError('bad_request', {
    message: `The body is no multipart form: ${problem}. Let your HTTP client write form and content type.`,
  })
}
