import { spanRecord, type SpanRecord } from '@ratchet/contract'
import { z } from 'zod'

/** A record that tells of a batch, with the provider's id of it. */
export type BatchRecord =
  | {
      readonly kind: 'made'
      readonly record: SpanRecord
      readonly batchId: string
      readonly clientId: string
    }
  | { readonly kind: 'ended'; readonly record: SpanRecord; readonly batchId: string }

const made = z.looseObject({ batch_created: z.string().min(1), batch_id: z.string().min(1) })
const ended = z.looseObject({ batch: z.string().min(1) })

/** Undefined for all other records, at the cost of a look at their type. */
export function readBatchRecord(raw: unknown): BatchRecord | undefined {
  if (typeof raw !== 'object' || raw === null || !('type' in raw)) return undefined
  const { type } = raw
  if (type !== 'batch' && type !== 'other') return undefined
  const parsed = spanRecord.safeParse(raw)
  if (!parsed.success) return undefined
  const record = parsed.data
  if (type === 'batch') {
    const found = ended.safeParse(readJson(record.attributes))
    return found.success ? { kind: 'ended', record, batchId: found.data.batch } : undefined
  }
  if (!record.attributes.includes('"batch_created"')) return undefined
  const found = made.safeParse(readJson(record.attributes))
  return found.success
    ? { kind: 'made', record, batchId: found.data.batch_created, clientId: found.data.batch_id }
    : undefined
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
