import { errorBody, errorStatus, type ErrorCode, type Route } from '@ratchet/contract'
import { z } from 'zod'

type Json = { [key: string]: unknown }

/** Prints OpenAPI 3.1 from route records: what is mounted and what is described cannot drift apart. */
export function printOpenApi(
  routes: readonly Route[],
  info: { title: string; version: string; description?: string; serverUrl?: string },
): Json {
  const schemas: Json = { Error: schemaOf(errorBody, 'output', 'Error', {}) }
  const paths: Record<string, Json> = {}
  for (const route of routes) {
    const path = (paths[route.path] ??= {})
    path[route.method.toLowerCase()] = operation(route, schemas)
  }
  const { serverUrl, ...rest } = info
  return {
    openapi: '3.1.0',
    info: { ...rest, license: { name: 'Apache-2.0', identifier: 'Apache-2.0' } },
    ...(serverUrl === undefined ? {} : { servers: [{ url: serverUrl }] }),
    security: [{ key: [] }, { session: [] }],
    tags: [...new Set(routes.map((route) => route.tag))].sort().map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: {
        key: { type: 'http', scheme: 'bearer', description: 'An API key: rk_<public>_<secret>.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'ratchet_session',
          description: 'The console session.',
        },
      },
      schemas,
    },
  }
}

function operation(route: Route, schemas: Json): Json {
  const body = schemaOf(route.body, 'input', `${route.name}Body`, schemas)
  const hasBody = route.method !== 'GET' && Object.keys(propertiesOf(body)).length > 0
  return {
    operationId: route.name,
    summary: route.summary,
    tags: [route.tag],
    ...(route.permission === 'public'
      ? { security: [] }
      : { description: `Needs the permission \`${route.permission}\`.` }),
    parameters: [...parametersOf(route, 'path', schemas), ...parametersOf(route, 'query', schemas)],
    ...(hasBody
      ? { requestBody: { required: true, content: { 'application/json': { schema: body } } } }
      : {}),
    responses: { ...successOf(route, schemas), ...failuresOf(route, hasBody) },
  }
}

function successOf(route: Route, schemas: Json): Json {
  const schema = schemaOf(route.output, 'output', `${route.name}Output`, schemas)
  const type = route.kind === 'events' ? 'text/event-stream' : 'application/json'
  const headers = {
    'x-request-id': { description: 'Names this call in the log.', schema: { type: 'string' } },
    ...(route.etag ? { etag: { description: 'For If-None-Match.', schema: { type: 'string' } } } : {}),
  }
  const description =
    route.kind === 'events' ? 'Server-sent events; each `data:` line is one of these.' : 'Done.'
  const notModified = route.etag ? { '304': { description: 'The client has this answer already.' } } : {}
  return { '200': { description, headers, content: { [type]: { schema } } }, ...notModified }
}

function failuresOf(route: Route, hasBody: boolean): Json {
  const codes = new Set<ErrorCode>([...route.errors, 'validation_failed', 'internal'])
  if (hasBody) for (const code of ['invalid_json', 'body_too_large'] as const) codes.add(code)
  if (route.permission !== 'public')
    for (const code of ['unauthenticated', 'forbidden'] as const) codes.add(code)
  const byStatus = Map.groupBy(codes, (code) => errorStatus[code])
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } }
  return Object.fromEntries(
    [...byStatus].map(([status, names]) => [
      String(status),
      { description: names.map((name) => `\`${name}\``).join(', '), content },
    ]),
  )
}

function parametersOf(route: Route, place: 'path' | 'query', schemas: Json): Json[] {
  const source = place === 'path' ? route.params : route.query
  const schema = schemaOf(source, 'input', `${route.name}${place === 'path' ? 'Params' : 'Query'}`, schemas)
  const required = Array.isArray(schema['required']) ? schema['required'] : []
  return Object.entries(propertiesOf(schema)).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }))
}

function propertiesOf(schema: Json): Json {
  const properties = schema['properties']
  return typeof properties === 'object' && properties !== null ? (properties as Json) : {}
}

function schemaOf(schema: z.ZodType, io: 'input' | 'output', name: string, schemas: Json): Json {
  const printed = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' }) as Json
  delete printed['$schema']
  return hoist(printed, name, schemas)
}

/** References of a recursive schema point at its own root; in a document they must point at components. */
function hoist(schema: Json, name: string, schemas: Json): Json {
  const text = JSON.stringify(schema)
  if (!text.includes('"$ref"')) return schema
  const { $defs = {}, ...root } = JSON.parse(
    text
      .replaceAll('"$ref":"#/$defs/', `"$ref":"#/components/schemas/${name}.`)
      .replaceAll('"$ref":"#"', `"$ref":"#/components/schemas/${name}"`),
  ) as Json
  for (const [key, value] of Object.entries($defs as Json)) schemas[`${name}.${key}`] = value
  if (!text.includes('"$ref":"#"')) return root
  schemas[name] = root
  return { $ref: `#/components/schemas/${name}` }
}
