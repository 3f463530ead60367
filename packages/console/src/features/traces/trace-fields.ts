import { spanStatus, spanTypes } from '@ratchet/contract'
import type { Facet } from '../../ui/query/facets.tsx'
import type { QueryField } from '../../ui/query/query-terms.ts'

const fixed = (values: readonly string[]) => values.map((value) => ({ value, count: 0 }))

/** The words of the trace query (docs: Tracing). The server has the last word on what a value may be. */
export const traceFields: readonly QueryField[] = [
  {
    name: 'status',
    about: 'how it ended',
    kind: 'text',
    example: 'status:error',
    values: fixed(spanStatus.options),
  },
  { name: 'app', about: 'app that answered', kind: 'text', example: 'app:docs-assistant' },
  { name: 'release', about: 'release that answered', kind: 'text', example: 'release:r3' },
  { name: 'model', about: 'model that a span called', kind: 'text', example: 'model:gpt*' },
  { name: 'type', about: 'type of a span', kind: 'text', example: 'type:llm', values: fixed(spanTypes) },
  { name: 'latency', about: 'how long the trace took', kind: 'number', example: 'latency>2s' },
  { name: 'first-token', about: 'time to the first token', kind: 'number', example: 'first-token>500ms' },
  { name: 'cost', about: 'US dollars', kind: 'number', example: 'cost>0.01' },
  { name: 'tokens', about: 'tokens of all calls', kind: 'number', example: 'tokens>1000' },
  { name: 'session', about: 'conversation', kind: 'text', example: 'session:abc' },
  { name: 'user', about: 'end user', kind: 'text', example: 'user:ada' },
  { name: 'error', about: 'error code of a span', kind: 'text', example: 'error:timeout' },
  { name: 'name', about: 'name of the root span', kind: 'text', example: 'name:docs*' },
  { name: 'span', about: 'name of a span', kind: 'text', example: 'span:find' },
  { name: 'prompt', about: 'prompt file', kind: 'text', example: 'prompt:answer*' },
  { name: 'provider', about: 'provider of the model', kind: 'text', example: 'provider:openai' },
  { name: 'connection', about: 'connection of the model', kind: 'text', example: 'connection:openai' },
  { name: 'route', about: 'route that a call named', kind: 'text', example: 'route:chat' },
  { name: 'environment', about: 'environment', kind: 'text', example: 'environment:staging' },
  { name: 'deployment', about: 'deployment that served', kind: 'text', example: 'deployment:0199*' },
  { name: 'arm', about: 'traffic arm', kind: 'text', example: 'arm:main' },
  { name: 'key', about: 'id of the API key', kind: 'text', example: 'key:0199*' },
  { name: 'trace', about: 'trace id', kind: 'text', example: 'trace:4bf9*' },
]

const labels: Readonly<Record<string, string>> = {
  status: 'Status',
  app: 'App',
  release: 'Release',
  model: 'Model',
  type: 'Span type',
  session: 'Session',
  user: 'User',
  error: 'Error',
  environment: 'Environment',
}

type ServerFacets = readonly { readonly field: string; readonly values: Facet['values'] }[]

/** The server's facets with words for people. */
export function toFacets(facets: ServerFacets): Facet[] {
  return facets.map((facet) => ({ ...facet, label: labels[facet.field] ?? facet.field }))
}

/** The fields with the values that exist right now, for the suggestions. */
export function withValues(facets: ServerFacets | undefined): readonly QueryField[] {
  return traceFields.map((field) => {
    const known = facets?.find((facet) => facet.field === field.name)
    return known === undefined || known.values.length === 0 ? field : { ...field, values: known.values }
  })
}
