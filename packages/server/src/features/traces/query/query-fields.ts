import { spanStatus, spanTypes } from '@ratchet/contract'

/** How the values of a numeric field are written, and what one unit means in the stored base. */
export type Measure = 'duration' | 'money' | 'count'

/**
 * One field of the query language. `trace`: a fact of the trace's root span. `span`: holds when some span of
 * the trace has it (several span fields in one query must hold for the same span). `total`: summed over the
 * trace's model calls.
 */
export type QueryField =
  | {
      readonly kind: 'text'
      readonly of: 'trace' | 'span'
      readonly column: string
      readonly meaning: string
      /** The only values there are, when they are few. */
      readonly values?: readonly string[]
    }
  | {
      readonly kind: 'number'
      readonly of: 'trace' | 'total'
      readonly column: string
      readonly meaning: string
      readonly measure: Measure
    }

/** Every field that a query may name. */
export const queryFields = {
  status: text('trace', 'status', 'how the trace ended: ok, error or cancelled', spanStatus.options),
  environment: text('trace', 'environment', 'environment'),
  app: text('trace', 'app', 'app that answered'),
  release: text('trace', 'release', 'release that answered'),
  deployment: text('trace', 'deployment', 'deployment that served'),
  arm: text('trace', 'arm', 'traffic arm'),
  session: text('trace', 'session_id', 'conversation'),
  user: text('trace', 'user_id', 'end user'),
  key: text('trace', 'key_id', 'id of the API key'),
  name: text('trace', 'name', 'name of the root span'),
  trace: text('trace', 'trace_id', 'trace id'),
  type: text('span', 'type', 'type of a span', spanTypes),
  span: text('span', 'name', 'name of a span'),
  model: text('span', 'model', 'model that a span called'),
  provider: text('span', 'provider', 'provider of the model'),
  connection: text('span', 'connection', 'connection of the model'),
  // Attempts that another one followed do not name the route; without this they would count as calls without one.
  route: text(
    'span',
    `if(startsWith(name, 'attempt '), NULL, JSONExtractString(attributes, 'route'))`,
    'route that a call named',
  ),
  prompt: text('span', 'prompt', 'prompt file'),
  error: text('span', 'error_code', 'error code of a span'),
  latency: number('trace', 'duration_us', 'duration', 'how long the trace took (500ms, 2s, 1.5m)'),
  'first-token': number('trace', 'first_token_us', 'duration', 'time to the first token'),
  cost: number('total', 'cost_nano', 'money', 'cost of the trace in US dollars (0.01)'),
  tokens: number('total', 'input_tokens + output_tokens', 'count', 'tokens of the trace (1000, 2k)'),
} as const satisfies Record<string, QueryField>

export type QueryFieldName = keyof typeof queryFields
export type TextFieldName = {
  [Name in QueryFieldName]: (typeof queryFields)[Name]['kind'] extends 'text' ? Name : never
}[QueryFieldName]
export type NumberFieldName = Exclude<QueryFieldName, TextFieldName>

export const queryFieldNames = Object.keys(queryFields) as QueryFieldName[]

/** The field of that name, with its kind still open. */
export function fieldOf(name: QueryFieldName): QueryField {
  return queryFields[name]
}

export function isFieldName(name: string): name is QueryFieldName {
  return Object.hasOwn(queryFields, name)
}
export function isTextField(name: QueryFieldName): name is TextFieldName {
  return queryFields[name].kind === 'text'
}

function text<Of extends 'trace' | 'span'>(
  of: Of,
  column: string,
  meaning: string,
  values?: readonly string[],
): { kind: 'text'; of: Of; column: string; meaning: string; values?: readonly string[] } {
  return { kind: 'text', of, column, meaning, ...(values ? { values } : {}) }
}
function number<Of extends 'trace' | 'total'>(of: Of, column: string, measure: Measure, meaning: string) {
  return { kind: 'number' as const, of, column, measure, meaning }
}
