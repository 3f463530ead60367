import { Readable } from 'node:stream'
import { AppError } from '@ratchet/contract'
import { openAiPath } from '../attempts/describe-upstream.ts'
import type { Exchange } from '../calls/exchange.ts'
import { settleBatch } from '../batches/settle-batch.ts'
import { proxyCall, type Proxied } from '../endpoints/proxied-call.ts'
import {
  decodeIds,
  encodeForeignId,
  encodeIds,
  storedPaths,
  writeStoredPath,
  type StoredCall,
} from '../formats/files-batches/index.ts'
import { parseRequestJson, type JsonObject } from '../formats/parse-json.ts'
import { readBody } from '../http/read-body.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'
import { connectionForNew, findForeign } from './choose-connection.ts'
import { guardUpload } from './guard-upload.ts'
import { listStored } from './list-stored.ts'
import { prepareUpload, type RoutedLines } from './upload-file.ts'

/** `/v1/files...`, `/v1/uploads...` and `/v1/batches...`: at the provider that has them, or where new ones are put. */
export function handleStored(exchange: Exchange, call: StoredCall): void {
  exchange.authenticate('model:invoke')
  exchange.identify({})
  switch (call.operation) {
    case 'list-files':
    case 'list-batches':
      return listStored(exchange, call)
    case 'create-file':
      return uploadFile(exchange, call)
    case 'create-upload':
      return withJson(exchange, (json) =>
        send(exchange, call, {
          connection: connectionForNew(exchange, 'files'),
          id: '',
          body: toBytes(json),
        }),
      )
    case 'create-batch':
      return withJson(exchange, (json) => createBatch(exchange, call, json))
    case 'complete-upload':
      return withJson(exchange, (json) => completeUpload(exchange, call, json))
    case 'add-upload-part':
      return withBody(exchange, (body) => send(exchange, call, { ...findForeign(exchange, call), body }))
    default:
      return send(exchange, call, { ...findForeign(exchange, call), body: null })
  }
}

/** Files that fit into the limit of bodies are looked into; larger ones stream through as they are. */
function uploadFile(exchange: Exchange, call: StoredCall): void {
  const { request } = exchange
  const limitBytes = exchange.snapshot().limits.bodyBytes
  const sizeBytes = Number(request.headers['content-length'] ?? 0)
  if (sizeBytes > limitBytes) {
    const connection = connectionForNew(exchange, 'files')
    return send(exchange, call, { connection, id: '', body: request })
  }
  withBody(exchange, (body) => {
    const contentType = request.headers['content-type'] ?? ''
    guardUpload(exchange, body, contentType).then(
      (guarded) =>
        exchange.guard(() =>
          send(exchange, call, { ...prepareUpload(exchange, guarded, contentType), id: '' }),
        ),
      (error: unknown) =>
        exchange.guard(() => {
          throw exchange.asAppError(error)
        }),
    )
  })
}

function createBatch(exchange: Exchange, call: StoredCall, json: JsonObject): void {
  const { body, connection: name } = decodeIds(json)
  const connection = name === undefined ? undefined : exchange.caller?.project.connections.get(name)
  if (connection === undefined)
    throw new AppError('validation_failed', {
      message:
        'The body has no "input_file_id" of yours; upload the requests with POST /v1/files and purpose "batch", and give the id of that file.',
      details: { param: 'input_file_id' },
    })
  const { input_file_id: inputFile } = body
  send(exchange, call, {
    connection,
    id: '',
    body: toBytes(body),
    ...(typeof inputFile === 'string' ? { inputFile } : {}),
  })
}

function completeUpload(exchange: Exchange, call: StoredCall, json: JsonObject): void {
  const found = findForeign(exchange, call)
  const { body, connection } = decodeIds(json)
  if (connection !== undefined && connection !== found.connection.name)
    throw new AppError('validation_failed', {
      message: `"part_ids" belong to connection "${connection}", and the upload to "${found.connection.name}".`,
      details: { param: 'part_ids' },
    })
  send(exchange, call, { ...found, body: toBytes(body) })
}

type Sent = {
  readonly connection: CompiledConnection
  /** The provider's own. */
  readonly id: string
  readonly body: Parameters<typeof proxyCall>[2]['body']
  /** Of a new file of batch requests. */
  readonly routes?: RoutedLines
  /** Of a new batch: the provider's id of its requests. */
  readonly inputFile?: string
}

function send(exchange: Exchange, { operation, template }: StoredCall, sent: Sent): void {
  const { connection, id, body } = sent
  const method = storedPaths.find((path) => path.operation === operation)?.method ?? 'GET'
  const contentType = exchange.request.headers['content-type']
  proxyCall(exchange, connection, {
    operation: `${method} ${template.slice(1)}`,
    method,
    path: openAiPath(connection, '', writeStoredPath(template.slice(1), id)),
    body,
    ...(contentType === undefined || body === null ? {} : { contentType }),
    ...unreadNote(exchange, operation, sent),
    ...afterwards(exchange, operation, sent),
    // What a file holds is nobody's id.
    rewrite: operation === 'read-file-content' ? undefined : (json) => encodeIds(json, connection.name),
  })
}

/** What guardrails did not see of a file that goes up is recorded, never silently passed. */
function unreadNote(
  { caller }: Exchange,
  operation: StoredCall['operation'],
  { body, routes }: Sent,
): Pick<Proxied, 'notes'> {
  if (caller === undefined || caller.project.config.guardrails.length === 0) return {}
  const what = unreadFile(operation, body, routes)
  return what === undefined ? {} : { notes: { guardrails: `not scanned: ${what}` } }
}

function unreadFile(
  operation: StoredCall['operation'],
  body: Sent['body'],
  routes: RoutedLines | undefined,
): string | undefined {
  if (operation === 'add-upload-part') return 'part of a file'
  if (operation !== 'create-file' || routes !== undefined) return undefined
  return body instanceof Readable ? 'file above the limit of bodies' : 'file that is no batch'
}

/**
 * Control learns from the span of a new batch whose it is, and from that of its file which routes its lines name; what
 * an ended one used is counted when it passes by.
 */
function afterwards(
  exchange: Exchange,
  operation: StoredCall['operation'],
  { connection, routes = {}, inputFile }: Sent,
): Pick<Proxied, 'onJson' | 'isQuiet' | 'isCharged'> {
  switch (operation) {
    case 'create-file':
      return Object.keys(routes).length === 0
        ? {}
        : {
            onJson: ({ id }) =>
              typeof id === 'string' ? { batch_file: id, batch_routes: routes } : undefined,
          }
    case 'create-batch':
      return {
        isCharged: true,
        onJson: ({ id }) =>
          typeof id === 'string'
            ? { batch_created: id, batch_id: encodeForeignId(connection.name, id), batch_file: inputFile }
            : undefined,
      }
    case 'read-batch':
    case 'cancel-batch':
      return {
        isQuiet: exchange.caller?.kind === 'token' && operation === 'read-batch',
        onJson: (json) => {
          settleBatch(exchange, connection, { json, isListed: false })
          return undefined
        },
      }
    default:
      return {}
  }
}

function withBody(exchange: Exchange, next: (body: Buffer) => void): void {
  readBody(exchange.request, exchange.snapshot().limits.bodyBytes, (error, body) =>
    exchange.guard(() => {
      if (error !== undefined) throw error
      next(body)
    }),
  )
}

function withJson(exchange: Exchange, next: (json: JsonObject) => void): void {
  withBody(exchange, (body) => next(body.length === 0 ? {} : parseRequestJson(body)))
}

function toBytes(json: JsonObject): Buffer {
  return Buffer.from(JSON.stringify(json))
}
