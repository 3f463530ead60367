import { AppError, type LocalDetectorSpec } from '@ratchet/contract'
import { Ajv, type ErrorObject, type Options, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { RE2JS } from 're2js'
import type { Detector, Finding } from '../finding.ts'
import { makeWholeTextDetector } from '../local-detector.ts'

type JsonSchemaSpec = Extract<LocalDetectorSpec, { type: 'json-schema' }>

/**
 * Texts that are not JSON, or JSON that does not fit a schema (draft 2020-12, or draft-07 when `$schema` says
 * so; `format` is not checked). `detail` names the first place that does not fit. Throws `validation_failed` for
 * a schema that is not valid, refers to another document, or has a pattern that cannot be matched in linear time.
 */
export function makeJsonSchemaDetector(spec: JsonSchemaSpec): Detector {
  const validate = compile(spec.schema)
  return makeWholeTextDetector('json-schema', (text) => {
    const { start, end } = spec.allowFence ? insideFence(text) : { start: 0, end: text.length }
    const parsed = parse(text.slice(start, end))
    if ('problem' in parsed) return [finding('not-json', text.length, parsed.problem)]
    if (validate(parsed.value)) return []
    return [finding('schema', text.length, describe(validate.errors?.[0]))]
  })
}

const options: Options = {
  strict: false,
  validateFormats: false,
  logger: false,
  addUsedSchema: false,
  code: { regExp: Object.assign(linearPattern, { code: 'linearPattern' }) },
}

function compile(schema: JsonSchemaSpec['schema']): ValidateFunction {
  const isDraft07 = typeof schema['$schema'] === 'string' && /draft-0[4-7]/.test(schema['$schema'])
  try {
    return isDraft07 ? new Ajv(options).compile(schema) : new Ajv2020(options).compile(schema)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('validation_failed', {
      message: `The JSON schema cannot be used: ${problem}`,
      details: { field: 'schema' },
      cause,
    })
  }
}

function linearPattern(pattern: string): { test(text: string): boolean; toString(): string } {
  const regex = RE2JS.compile(RE2JS.translateRegExp(pattern))
  // The validator keeps patterns apart by their text.
  return { test: (text: string) => regex.test(text), toString: () => pattern }
}

function parse(text: string): { value: unknown } | { problem: string } {
  try {
    const value: unknown = JSON.parse(text)
    return { value }
  } catch (cause) {
    // The parser's own message quotes the text, which a finding must not hold.
    const position = cause instanceof Error ? /position (\d+)/.exec(cause.message)?.[1] : undefined
    return {
      problem: position === undefined ? 'The text is not JSON.' : `Not JSON at character ${position}.`,
    }
  }
}

/** The inside of the one code fence that a text consists of; else the whole text. */
function insideFence(text: string): { start: number; end: number } {
  const open = /^\s*```[a-z]*[ \t]*\r?\n/i.exec(text)
  const close = text.trimEnd().length - 3
  if (!open || close < open[0].length || !text.startsWith('```', close)) return { start: 0, end: text.length }
  return { start: open[0].length, end: close }
}

function describe(error: ErrorObject | undefined): string {
  const place = error?.instancePath === '' ? 'The document' : `"${error?.instancePath ?? ''}"`
  return `${place} ${error?.message ?? 'does not fit the schema'}.`.slice(0, 300)
}

function finding(kind: string, end: number, detail: string): Finding {
  return { detector: 'json-schema', kind, start: 0, end, score: 1, detail }
}
