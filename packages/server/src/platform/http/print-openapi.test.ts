import { Validator } from '@seriousme/openapi-schema-validator'
import { allRoutes, defineRoute } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { printOpenApi } from './print-openapi.ts'

const info = { title: 'Ratchet', version: '0.1.0', serverUrl: 'http://127.0.0.1:4700' }

test('the whole API prints as valid OpenAPI 3.1, with every route in it', async () => {
  const document = printOpenApi(allRoutes, info)
  const validator = new Validator()
  const result = await validator.validate(structuredClone(document))
  expect(result.errors ?? []).toEqual([])
  expect(result.valid).toBe(true)
  expect(validator.version).toBe('3.1')
  const paths = document['paths'] as Record<string, Record<string, { operationId: string }>>
  const printed = Object.values(paths).flatMap((path) => Object.values(path).map((each) => each.operationId))
  expect(printed.toSorted()).toEqual(allRoutes.map((route) => route.name).toSorted())
})

test('every reference of the document leads somewhere', () => {
  type Tree = { value: string; children: Tree[] }
  const tree: z.ZodType<Tree> = z.object({
    value: z.string(),
    get children() {
      return z.array(tree)
    },
  })
  const route = defineRoute({
    name: 'getTree',
    method: 'GET',
    path: '/tree',
    summary: 'Tree',
    tag: 't',
    permission: 'public',
    output: z.object({ tree, again: tree }),
  })
  for (const routes of [[route], [{ ...route, output: tree }], allRoutes]) {
    const document = printOpenApi(routes, info)
    const schemas = Object.keys((document['components'] as { schemas: object }).schemas)
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]!)
    for (const reference of new Set(references)) {
      expect(schemas).toContain(reference.replace('#/components/schemas/', ''))
    }
  }
})

test('a route says what it needs, what it takes and how it fails', () => {
  const route = defineRoute({
    name: 'putThing',
    method: 'PUT',
    path: '/things/{id}',
    summary: 'Put',
    tag: 't',
    permission: 'app:write',
    params: z.object({ id: z.string() }),
    query: z.object({ force: z.string().optional(), at: z.string() }),
    body: z.object({ name: z.string(), size: z.number().default(1) }),
    output: z.object({ ok: z.boolean() }),
    errors: ['conflict'],
  })
  const { paths } = printOpenApi([route], info) as { paths: any }
  const put = paths['/things/{id}'].put
  expect(put.description).toContain('app:write')
  expect(put.parameters.map((each: any) => [each.in, each.name, each.required])).toEqual([
    ['path', 'id', true],
    ['query', 'force', false],
    ['query', 'at', true],
  ])
  expect(put.requestBody.content['application/json'].schema.required).toEqual(['name'])
  expect(Object.keys(put.responses)).toEqual(['200', '400', '401', '403', '409', '413', '500'])
})
