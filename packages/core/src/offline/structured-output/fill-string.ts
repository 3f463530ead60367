import { findLabelled, type Evidence } from './evidence.ts'
import { readable } from './flatten-tool-result.ts'
import { numberOf, textOf, type JsonSchema } from './json-schema.ts'

const formats: Readonly<Record<string, { readonly pattern: RegExp; readonly fallback: string }>> = {
  email: {
    pattern: /(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}/u,
    fallback: 'unknown@example.invalid',
  },
  uri: { pattern: /https?:\/\/[^\s)\]>"']+/u, fallback: 'https://example.invalid/' },
  date: { pattern: /\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b/u, fallback: '1970-01-01' },
  'date-time': {
    pattern: /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/u,
    fallback: '1970-01-01T00:00:00Z',
  },
  time: { pattern: /\b\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)/u, fallback: '00:00:00Z' },
  uuid: {
    pattern: /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/iu,
    fallback: '00000000-0000-0000-0000-000000000000',
  },
  ipv4: { pattern: /\b(?:\d{1,3}\.){3}\d{1,3}\b/u, fallback: '0.0.0.0' },
}
const wholeAnswer =
  /^(?:answer|response|reply|result|output|summary|explanation|reason|reasoning|text|content|message)$/u

/** Text for a property: by format, label, pattern, quotation, or the best sentence; kept within its lengths. */
export function fillString(schema: JsonSchema, name: string, evidence: Evidence): string {
  const format =
    formats[textOf(schema, 'format')] ?? formats[readable(name).split(' ').at(-1) === 'email' ? 'email' : '']
  const declared = textOf(schema, 'format') !== ''
  if (format) {
    const found = format.pattern.exec(evidence.text)?.[0]
    if (found !== undefined || declared) return found ?? format.fallback
  }
  const pattern = compile(textOf(schema, 'pattern'))
  if (pattern) return findPattern(pattern, evidence) ?? fitLength(findString(schema, name, evidence), schema)
  return fitLength(findString(schema, name, evidence), schema)
}

function findString(schema: JsonSchema, name: string, evidence: Evidence): string {
  const label = readable(name)
  if (name === '' || wholeAnswer.test(label)) return evidence.answer
  const labelled = findLabelled(name, evidence)
  if (labelled !== undefined) return labelled
  return evidence.about(`${label} ${textOf(schema, 'description')}`)[0] ?? evidence.answer
}

function compile(pattern: string): RegExp | undefined {
  if (pattern === '') return undefined
  try {
    return new RegExp(pattern, 'u')
  } catch {
    // A pattern of another dialect cannot be honoured; the schema's other bounds still are.
    return undefined
  }
}

/** The first whole word, run of words, or line that the pattern accepts. */
function findPattern(pattern: RegExp, evidence: Evidence): string | undefined {
  const words = evidence.text.split(/\s+/u)
  const trimmed = words.map((word) => word.replace(/^[("'[]+|[)"'\].,;:!?]+$/gu, ''))
  return [...trimmed, ...words, ...evidence.text.split('\n'), evidence.answer].find(
    (text) => text !== '' && pattern.test(text),
  )
}

function fitLength(text: string, schema: JsonSchema): string {
  const most = numberOf(schema, 'maxLength')
  const least = numberOf(schema, 'minLength') ?? 0
  const characters = Array.from(text.trim())
  const cut = most === undefined ? characters : characters.slice(0, most)
  return cut.join('') + '.'.repeat(Math.max(0, least - cut.length))
}
