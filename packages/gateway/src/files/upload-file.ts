import { AppError, providerTable } from '@ratchet/contract'
import type { Exchange } from '../calls/exchange.ts'
import { resolveModel } from '../calls/resolve-model.ts'
import { fieldText, readMultipart, requiredField } from '../formats/audio/index.ts'
import { readBatchLines } from '../formats/files-batches/index.ts'
import { spliceBody, type Splice } from '../formats/splice-body.ts'
import type { CompiledTarget } from '../routing/compiled-route.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'
import { connectionForNew } from './choose-connection.ts'

export type Upload = { readonly connection: CompiledConnection; readonly body: Buffer }

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
  for (const [model, ranges] of models) {
    const name = targetsOf(exchange, model).find((target) => target.connection === connection)?.model ?? model
    if (name === model) continue
    for (const { start, end } of ranges)
      splices.push({ start: file.start + start, end: file.start + end, text: JSON.stringify(name) })
  }
  return { connection, body: splices.length === 0 ? body : spliceBody(body, splices) }
}

/** The one connection that has all models of a batch. */
function connectionOfModels(exchange: Exchange, models: readonly string[]): CompiledConnection {
  const named = exchange.request.headers['x-ratchet-connection']
  if (typeof named === 'string') return connectionForNew(exchange, 'batches')
  const [first, ...rest] = models.map((model) =>
    targetsOf(exchange, model)
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

function targetsOf(exchange: Exchange, model: string): readonly CompiledTarget[] {
  const { caller, environment, request } = exchange
  if (caller === undefined) return []
  try {
    return resolveModel(caller.project, model, environment).pool.targets
  } catch (error) {
    // A client that names the connection may write the provider's own names.
    if (request.headers['x-ratchet-connection'] !== undefined) return []
    throw error
  }
}
