import type { FactValue, RequestFacts } from './request-facts.ts'

/** Finds one fact; undefined when the request does not tell. */
export type FieldReader = (facts: RequestFacts) => FactValue

const plainFields: Readonly<Record<string, FieldReader>> = {
  model: (facts) => facts.model,
  route: (facts) => facts.route,
  environment: (facts) => facts.environment,
  key: (facts) => [facts.keyName, facts.keyId],
  user: (facts) => facts.user,
  session: (facts) => facts.session,
  app: (facts) => facts.app,
  stream: (facts) => facts.stream,
  tools: (facts) => facts.tools,
  images: (facts) => facts.images,
  inputTokens: (facts) => facts.inputTokens,
}

/** Facts that are counts: compared with a boolean they answer "any at all?". */
const countedFields = new Set(['tools', 'images'])

export function isCounted(field: string): boolean {
  return countedFields.has(field)
}

/** The reader of a field of the contract's `conditionField`; a field that does not exist is never told. */
export function fieldReader(field: string): FieldReader {
  const dot = field.indexOf('.')
  if (dot === -1) return Object.hasOwn(plainFields, field) ? (plainFields[field] ?? nothing) : nothing
  const name = field.slice(dot + 1)
  const group = field.slice(0, dot)
  if (group === 'metadata') return (facts) => facts.metadata(name)
  if (group === 'parameter') return (facts) => facts.parameter(name)
  if (group !== 'header') return nothing
  const lowerName = name.toLowerCase()
  return (facts) => facts.header(lowerName)
}

function nothing(): undefined {
  return undefined
}
