import { spanRecord, type SpanRecord } from '@ratchet/contract'
import { z } from 'zod'
import { routedLines, type RoutedLines } from './routed-lines.ts'

/** A record that tells of a batch, with the provider's id of it. */
export type BatchRecord =
  | {
      readonly kind: 'made'
      readonly record: SpanRecord
      readonly batchId: string
      readonly clientId: string
      readonly inputFile: string
    }
  | {
      readonly kind: 'file'
      readonly record: SpanRecord
      readonly fileId: string
      readonly routes: RoutedLines
    }
  | {
      readonly kind: 'ended'
      readonly record: SpanRecord
      readonly batchId: string
      /** As its provider says; undefined when it does not tell. */
      readonly endedMs: number | undefined
    }

const made = z.looseObject({
  batch_created: z.string().min(1),
  batch_id: z.string().min(1),
  batch_file: z.string().default(''),
})
const file = z.looseObject({ batch_file: z.string().min(1), batch_routes: routedLines })
const ended = z.looseObject({
  batch: z.string().min(1),
  ended_at: z.iso.datetime().optional().catch(undefined),
})

/** Undefined for all other records, at the cost of a look at their type. */
export function readBatchRecord(raw: unknown): BatchRecord | undefined {
  if (typeof raw !== 'object' || raw === null || !('type' in raw)) return undefined
  const { type } = raw
  if (type !== 'batch' && type !== 'other') return undefined
  const parsed = spanRecord.safeParse(raw)
  if (!parsed.success) return undefined
  const record = parsed.data
  if (type === 'batch') return readEnded(record)
  if (record.attributes.includes('"batch_created"')) return readMade(record)
  return record.attributes.includes('"batch_routes"') ? readFile(record) : undefined
}

function readEnded(record: SpanRecord): BatchRecord | undefined {
  const found = ended.safeParse(readJson(record.attributes)).data
  if (found === undefined) return undefined
  const endedMs = found.ended_at === undefined ? undefined : Date.parse(found.ended_at)
  return { kind: 'ended', record, batchId: found.batch, endedMs }
}

function readMade(record: SpanRecord): BatchRecord | undefined {
  const found = made.safeParse(readJson(record.attributes)).data
  if (found === undefined) return undefined
  const { batch_created: batchId, batch_id: clientId, batch_file: inputFile } = found
  return { kind: 'made', record, batchId, clientId, inputFile }
}

function readFile(record: SpanRecord): BatchRecord | undefined {
  const found = file.safeParse(readJson(record.attributes)).data
  return found && { kind: 'file', record, fileId: found.batch_file, routes: found.batch_routes }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
