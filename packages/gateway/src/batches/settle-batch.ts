import { createHash } from 'node:crypto'
import type { ErrorCode, Usage } from '@ratchet/contract'
import { makeSpanRecord, type SpanDraft } from '@ratchet/spool'
import { openAiPath } from '../attempts/describe-upstream.ts'
import type { Exchange } from '../calls/exchange.ts'
import { LineSplitter } from '../formats/line-splitter.ts'
import { encodeForeignId, writeStoredPath } from '../formats/files-batches/index.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import type { GatewayParts } from '../gateway-parts.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'
import { findModelPrice, modelFamily } from '../snapshot/find-model-price.ts'
import { priceUsage } from '../snapshot/price-usage.ts'
import { BatchTally, type ModelTally, type PriceLine } from './batch-tally.ts'
import { readEndedBatch, type EndedBatch } from './ended-batch.ts'

/** Whom the record is for, until control knows who made the batch. */
type Owner = { readonly project: string; readonly environment: string }

type Settling = {
  readonly parts: Pick<GatewayParts, 'spool' | 'pools' | 'clock' | 'log'>
  readonly connection: CompiledConnection
  readonly owner: Owner
}

const fileTimeoutMs = 600_000
/** A provider that tells totals costs us a line of the spool; output files are not read again before this. */
const readAgainMs = 600_000
const mostRemembered = 10_000
/** What a column of the store holds. */
const largestCount = 2 ** 32 - 1

/** When an output file was read, by project, connection and batch. */
const readFiles = new Map<string, number>()

/**
 * Accounts for a batch that has passed by: when it has ended, what it used goes to the spool, a span for each model.
 * Control counts each batch once, however often this is called and by how many processes. Never throws. A list may
 * hold a hundred batches, of which no file is read (`isListed`): control looks at each by itself.
 */
export function settleBatch(
  exchange: Exchange,
  connection: CompiledConnection,
  { json, isListed }: { readonly json: JsonObject; readonly isListed: boolean },
): void {
  const batch = readEndedBatch(json)
  const { caller, environment, parts } = exchange
  if (batch === undefined || caller === undefined) return
  const settling = { parts, connection, owner: { project: caller.project.id, environment } }
  if (batch.total !== undefined) {
    const { model, usage } = batch.total
    const tally = new BatchTally(priceLine(connection))
    tally.add(model, { ...usage, units: { ...usage.units, requests: Math.max(1, batch.completed) } })
    return write(settling, batch, tally.models)
  }
  if (batch.outputFileId === undefined) return write(settling, batch, new Map([['', unused]]))
  if (isListed) return
  const key = `${caller.project.id} ${connection.name} ${batch.id}`
  const nowMs = parts.clock.nowUs() / 1000
  if (nowMs - (readFiles.get(key) ?? -readAgainMs) < readAgainMs) return
  if (readFiles.size >= mostRemembered) readFiles.clear()
  readFiles.set(key, nowMs)
  readOutput(settling, batch.outputFileId).then(
    (models) => write(settling, batch, models),
    (error: unknown) => {
      readFiles.delete(key)
      const details = { error, connection: connection.name, batch: batch.id }
      parts.log.warn(
        details,
        'the output of a batch could not be read; its use is counted when it is fetched again',
      )
    },
  )
}

const unused: ModelTally = {
  usage: { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
  costNano: 0,
  isKnown: true,
}

function priceLine(connection: CompiledConnection): PriceLine {
  return (model, usage) => {
    const price = findModelPrice(connection, model)
    if (price === undefined) return { costNano: 0, isKnown: false }
    try {
      const { costNano, unpriced } = priceUsage(connection, usage, { price, isBatch: true })
      return { costNano, isKnown: unpriced === undefined }
    } catch {
      // Absurd counts of one line must not keep the others from being counted.
      return { costNano: 0, isKnown: false }
    }
  }
}

async function readOutput(
  { parts, connection }: Settling,
  fileId: string,
): Promise<ReadonlyMap<string, ModelTally>> {
  const path = openAiPath(connection, '', writeStoredPath('files/{id}/content', fileId))
  const answer = await parts.pools.poolOf(connection).request({
    path,
    method: 'GET',
    headers: connection.headers,
    signal: AbortSignal.timeout(fileTimeoutMs),
  })
  if (answer.statusCode !== 200) {
    await answer.body.dump()
    throw new Error(`The provider answered ${answer.statusCode} for the output file.`)
  }
  const tally = new BatchTally(priceLine(connection))
  const splitter = new LineSplitter()
  for await (const chunk of answer.body) {
    for (const line of splitter.push(chunk as Buffer)) tally.take(line)
  }
  for (const line of splitter.push(lineEnd)) tally.take(line)
  return tally.models
}

const lineEnd = Buffer.from('\n')
const errors: Readonly<Record<EndedBatch['status'], ErrorCode | ''>> = {
  completed: '',
  cancelled: '',
  failed: 'provider_error',
  expired: 'timeout',
}

function write(settling: Settling, batch: EndedBatch, models: ReadonlyMap<string, ModelTally>): void {
  for (const [model, tally] of models)
    settling.parts.spool.append(recordOf(settling, batch, { model, tally }))
}

function recordOf(
  { parts, connection, owner }: Settling,
  batch: EndedBatch,
  { model: told, tally }: { readonly model: string; readonly tally: ModelTally },
): SpanDraft {
  const model = modelFamily(connection, told)
  // The same batch gives the same ids: whoever looks twice sees that it is one.
  const hash = createHash('sha256')
    .update(`${owner.project} ${connection.name} ${batch.id} ${told}`)
    .digest('hex')
  const source = findModelPrice(connection, told)?.source
  const hasNoAnswer = batch.status === 'failed' || (batch.status === 'expired' && batch.completed === 0)
  return makeSpanRecord({
    ...owner,
    traceId: hash.slice(0, 32),
    spanId: hash.slice(32, 48),
    isLocalRoot: true,
    name: `batch ${connection.name}${model === '' ? '' : `/${model}`}`,
    type: 'batch',
    startUs: parts.clock.nowUs(),
    durationUs: 0,
    status: hasNoAnswer ? 'error' : batch.status === 'cancelled' ? 'cancelled' : 'ok',
    errorCode: hasNoAnswer ? errors[batch.status] : '',
    errorMessage: hasNoAnswer ? batch.problem || `The batch ended as ${batch.status}.` : '',
    model,
    provider: connection.provider,
    connection: connection.name,
    usage: withinColumns(tally.usage),
    costNano: tally.costNano,
    costKnown: tally.isKnown,
    attributes: JSON.stringify({
      batch: batch.id,
      batch_id: encodeForeignId(connection.name, batch.id),
      batch_status: batch.status,
      ...(batch.endpoint === '' ? {} : { endpoint: batch.endpoint }),
      ...(batch.failed === 0 ? {} : { failed_requests: batch.failed }),
      ...(batch.elapsedS === 0 ? {} : { elapsed_seconds: batch.elapsedS }),
      ...(batch.endedS === 0 ? {} : { ended_at: new Date(batch.endedS * 1000).toISOString() }),
      ...(source === undefined ? {} : { price_source: source }),
    }),
  })
}

/** The cost is of all; only a count beyond 4 thousand million is shown as that many. */
function withinColumns(usage: Usage): Usage {
  const cut = (count: number): number => Math.min(count, largestCount)
  return {
    ...usage,
    inputTokens: cut(usage.inputTokens),
    outputTokens: cut(usage.outputTokens),
    cachedInputTokens: cut(usage.cachedInputTokens),
    cacheWriteTokens: cut(usage.cacheWriteTokens),
    reasoningTokens: cut(usage.reasoningTokens),
  }
}
