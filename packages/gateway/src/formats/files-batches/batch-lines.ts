import { invalidField } from '../../neutral/errors/invalid-field.ts'
import { textField } from '../../neutral/json-field.ts'
import { isJsonObject, parseJsonOr } from '../parse-json.ts'
import { scanFields, type ByteRange } from '../scan-fields.ts'
import { spliceBody, type Splice } from '../splice-body.ts'

const newline = 0x0a

/** Where a file of batch requests names models, and which ones. */
export type BatchLines = {
  readonly lines: number
  readonly models: ReadonlyMap<string, readonly ByteRange[]>
}

/**
 * Reads a JSONL file of batch requests (`{"custom_id", "method", "url", "body": {"model": ...}}`). Throws
 * `validation_failed` naming the line that is no such request.
 */
export function readBatchLines(file: Buffer): BatchLines {
  const models = new Map<string, ByteRange[]>()
  let lines = 0
  let start = 0
  let number = 0
  while (start < file.length) {
    const found = file.indexOf(newline, start)
    const end = found === -1 ? file.length : found
    number++
    const line = file.subarray(start, end)
    if (line.toString('latin1', 0, 64).trim() !== '') {
      lines++
      const { model, range } = readLine(line, number)
      const known = models.get(model) ?? []
      known.push({ start: start + range.start, end: start + range.end })
      models.set(model, known)
    }
    start = end + 1
  }
  return { lines, models }
}

/** The file with the provider's names of the models; the same one when nothing changes. */
export function forwardBatchLines(
  file: Buffer,
  { models }: BatchLines,
  names: ReadonlyMap<string, string>,
): Buffer {
  const splices: Splice[] = []
  for (const [model, ranges] of models) {
    const name = names.get(model)
    if (name === undefined || name === model) continue
    for (const range of ranges) splices.push({ ...range, text: JSON.stringify(name) })
  }
  return splices.length === 0 ? file : spliceBody(file, splices)
}

function readLine(line: Buffer, number: number): { model: string; range: ByteRange } {
  const json = parseJsonOr(line.toString())
  const body = isJsonObject(json) ? json['body'] : undefined
  const model = isJsonObject(body) ? textField(body, 'model') : undefined
  if (model === undefined) {
    const example = '{"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"model":"..."}}'
    throw invalidField(
      'file',
      `Line ${number} of the file is no batch request with a model, such as ${example}.`,
    )
  }
  const bodyRange = onlyRange(line, 'body', number)
  const inner = onlyRange(line.subarray(bodyRange.start, bodyRange.end), 'model', number)
  return { model, range: { start: bodyRange.start + inner.start, end: bodyRange.start + inner.end } }
}

/** A field given twice would be one thing to us and another to the provider. */
function onlyRange(json: Buffer, name: string, number: number): ByteRange {
  const ranges: ByteRange[] = []
  scanFields(json, (field, range) => {
    if (field === name) ranges.push(range)
  })
  const [range] = ranges
  if (range !== undefined && ranges.length === 1) return range
  throw invalidField('file', `Line ${number} of the file has "${name}" twice; give it once.`)
}
