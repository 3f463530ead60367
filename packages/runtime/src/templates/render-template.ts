import { AppError } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import type { CompiledTemplate } from './compile-template.ts'
import { Environment, type Scope } from './jinja-library.ts'
import { readMarks, removeMarks, type RenderedText } from './taint-marks.ts'
import { TemplateFailure, TemplateInterpreter, type TemplateLimits } from './template-interpreter.ts'
import type { TemplateValue } from './template-node.ts'

const defaultLimits: TemplateLimits = { steps: 500_000, size: 4_000_000, timeMs: 500 }
const rangeLimit = 100_000
const historyRoles = new Set(['user', 'assistant', 'tool'])

/** The variable with the earlier messages of a conversation; its `role` fields may open roles. */
export const historyName = 'chat_history'

/**
 * Renders a template with plain JSON values. Throws `app_invalid` with file and line for a variable without
 * value, an error in the template, or when it takes more steps, time or memory than a prompt can need.
 */
export function renderTemplate(
  template: CompiledTemplate,
  values: Readonly<Record<string, unknown>>,
  options: { readonly file: string; readonly limits?: Partial<TemplateLimits> },
): RenderedText {
  const limits = { ...defaultLimits, ...options.limits }
  const scope = new Environment(makeGlobals())
  for (const [name, value] of Object.entries(values)) {
    if (name !== 'namespace') scope.set(name, cleanValue(value, 0))
  }
  const trusted = findTrustedRoles(scope.lookupVariable(historyName))
  const interpreter = new TemplateInterpreter({ template, scope, limits, trusted })
  try {
    const result = interpreter.run(template.program)
    return readMarks(String(result.value))
  } catch (error) {
    throw explainFailure(error, interpreter.line, { file: options.file, names: Object.keys(values) })
  }
}

function makeGlobals(): Scope {
  const scope = new Environment()
  for (const [name, value] of Object.entries({ true: true, false: false, none: null })) {
    scope.set(name, value)
    scope.set(name.charAt(0).toUpperCase() + name.slice(1), value)
  }
  scope.set('raise_exception', (message: unknown) => {
    throw new Error(String(message))
  })
  scope.set('range', makeRange)
  return scope
}

/** Python's range, bounded: a template has no use for a million numbers. */
function makeRange(...numbers: unknown[]): number[] {
  if (numbers.length === 0 || numbers.length > 3 || !numbers.every((each) => Number.isInteger(each))) {
    throw new Error('range takes one to three whole numbers')
  }
  const [first = 0, second, step = 1] = numbers as number[]
  const [start, stop] = second === undefined ? [0, first] : [first, second]
  const count = step === 0 ? Number.NaN : Math.max(0, Math.ceil((stop - start) / step))
  if (!(count <= rangeLimit))
    throw new Error(`range gives at most ${rangeLimit} numbers, in steps other than 0`)
  return Array.from({ length: count }, (_, index) => start + index * step)
}

/** Only JSON goes in: no functions, no prototypes, no marks. */
function cleanValue(value: unknown, depth: number): unknown {
  if (depth > 100) throw new Error('a value is nested more than 100 levels deep')
  if (typeof value === 'string') return removeMarks(value)
  if (Array.isArray(value)) return value.map((item) => cleanValue(item, depth + 1))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [removeMarks(key), cleanValue(item, depth + 1)]),
    )
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : null
}

/** The role texts of the history themselves, by identity: a copy or a look-alike is not trusted. */
function findTrustedRoles(history: TemplateValue): Set<object> {
  const trusted = new Set<object>()
  const messages: unknown = history.value
  if (!Array.isArray(messages)) return trusted
  for (const message of messages as TemplateValue[]) {
    const fields: unknown = message.value
    const role: unknown = fields instanceof Map ? fields.get('role') : undefined
    if (
      typeof role === 'object' &&
      role !== null &&
      'value' in role &&
      historyRoles.has(String(role.value))
    ) {
      trusted.add(role)
    }
  }
  return trusted
}

function explainFailure(
  error: unknown,
  line: number,
  place: { file: string; names: readonly string[] },
): AppError {
  const failure = error instanceof TemplateFailure ? error : new TemplateFailure(problemOf(error), line)
  const hint = failure.variable === undefined ? '' : suggestNames(failure.variable, place.names)
  const given =
    failure.variable !== undefined && hint === '' ? ` Values given: ${place.names.join(', ') || 'none'}.` : ''
  return new AppError('app_invalid', {
    message: `${place.file}:${failure.line}: ${failure.message}${hint === '' ? given : ` ${hint}`}`,
    details: {
      file: place.file,
      line: failure.line,
      ...(failure.variable && { variable: failure.variable }),
    },
    cause: error,
  })
}

function problemOf(error: unknown): string {
  if (error instanceof RangeError) return 'The template is nested or repeats too deeply.'
  const message = error instanceof Error ? error.message : String(error)
  return `The template failed: ${message.replace(/\.?$/, '.')}`
}
