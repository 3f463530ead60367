import { AppError, providerTable } from '@ratchet/contract'
import type { Exchange } from '../calls/exchange.ts'
import { resolveModel } from '../calls/resolve-model.ts'
import { fieldText, readMultipart, requiredField } from '../formats/audio/index.ts'
import { readBatchLines } from '../formats/files-batches/index.ts'
import { spliceBody, type Splice } from '../formats/splice-body.ts'
import type { CompiledRoute } from '../routing/compiled-route.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'
import { connectionForNew } from './choose-connection.ts'

export type Upload = {
  readonly connection: CompiledConnection
  readonly body: Buffer
  readonly routes?: RoutedLines
}

/**
 * How many lines of a file ask each of the provider's models by which route; the empty name stands for lines that name
 * the model itself. The provider never hears of routes. Empty when no line names a route.
 */
export type RoutedLines = Readonly<Record<string, Readonly<Record<string, number>>>>

/**
 * A form with a file, ready for the connection that it is for. Files of batch requests name models: they say which
 * connection it is, and get the provider's names. Throws `validation_failed` or `bad_request`.
 */
export function prepareUpload(exchange: Exchange, body: Buffer, contentType: string): Upload {
  const fields = readMultipart(body, contentType)
  const file = requiredField(fields, 'file')
  if (fieldText(body, fields, 'purpose') !== 'batch')
    return { connection: connectionForNew(exchange, 'files'), body }
  const { models } = readBatchLines(body.subarray(file.start, file.end))
  const connection = connectionOfModels(exchange, [...models.keys()])
  const splices: Splice[] = []
  const lines = new Map<string, Map<string, number>>()
  for (const [model, ranges] of models) {
    const route = routeOf(exchange, model)
    const name = route?.pool.targets.find((target) => target.connection === connection)?.model ?? model
    const byRoute = lines.get(name) ?? new Map<string, number>()
    const routeName = route?.name ?? ''
    byRoute.set(routeName, (byRoute.get(routeName) ?? 0) + ranges.length)
    lines.set(name, byRoute)
    if (name === model) continue
    for (const { start, end } of ranges)
      splices.push({ start: file.start + start, end: file.start + end, text: JSON.stringify(name) })
  }
  return {
    connection,
    body: splices.length === 0 ? body : spliceBody(body, splices),
    routes: routedLines(lines),
  }
}

/** A span is no place for as many names as a client may invent. */
const mostModels = 100

function routedLines(lines: ReadonlyMap<string, ReadonlyMap<string, number>>): RoutedLines {
  const isRouted = (byRoute: ReadonlyMap<string, number>): boolean => byRoute.size > 1 || !byRoute.has('')
  const routed = [...lines].filter(([, byRoute]) => isRouted(byRoute))
  const told = routed.length > 0 && lines.size <= mostModels ? [...lines] : routed
  return Object.fromEntries(told.map(([model, byRoute]) => [model, Object.fromEntries(byRoute)]))
}

/** The one connection that has all models of a batch. */
function connectionOfModels(exchange: Exchange, models: readonly string[]): CompiledConnection {
  const named = exchange.request.headers['x-ratchet-connection']
  if (typeof named === 'string') return connectionForNew(exchange, 'batches')
  const [first, ...rest] = models.map((model) =>
    (routeOf(exchange, model)?.pool.targets ?? [])
      .map(({ connection }) => connection)
      .filter(({ provider }) => providerTable[provider].endpoints.includes('batches')),
  )
  const shared = first?.find((connection) => rest.every((others) => others.includes(connection)))
  if (shared !== undefined) return shared
  throw new AppError('validation_failed', {
    message: `The file asks ${models.map((model) => `"${model}"`).join(', ')}: no single connection with batches has all of them. Make a file for each.`,
    details: { param: 'file' },
  })
}

function routeOf(exchange: Exchange, model: string): CompiledRoute | undefined {
  const { caller, environment, request } = exchange
  if (caller === undefined) return undefined
  try {
    return resolveModel(caller.project, model, environment)
  } catch (error) {
    // A client that names the connection may write the provider's own names.
    if (request.headers['x-ratchet-connection'] !== undefined) return undefined
    throw error
  }
}
