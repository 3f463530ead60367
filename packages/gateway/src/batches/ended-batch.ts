import type { Usage } from '@ratchet/contract'
import { countField, objectField, textField } from '../neutral/json-field.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import { readUsage } from '../formats/read-usage.ts'

/** A batch that will not change any more, in the provider's own words. */
export type EndedBatch = {
  readonly id: string
  readonly status: 'completed' | 'failed' | 'expired' | 'cancelled'
  readonly endpoint: string
  readonly completed: number
  readonly failed: number
  /** Of all requests together; undefined where the provider only tells them in the output file. */
  readonly total: { readonly model: string; readonly usage: Usage } | undefined
  readonly outputFileId: string | undefined
  /** Seconds from its creation to its end; 0 when the provider does not tell. */
  readonly elapsedS: number
  /** Seconds since 1970; 0 when the provider does not tell. */
  readonly endedS: number
  /** The first error of a batch that could not begin. */
  readonly problem: string
}

const endings = ['completed', 'failed', 'expired', 'cancelled'] as const

/** Undefined for what is no batch, or one that still runs. */
export function readEndedBatch(json: JsonObject): EndedBatch | undefined {
  const id = textField(json, 'id')
  const status = endings.find((ending) => json['status'] === ending)
  if (id === undefined || status === undefined || json['object'] !== 'batch') return undefined
  const counts = objectField(json, 'request_counts') ?? {}
  const endedS = countField(json, `${status}_at`) ?? 0
  const outputFileId = textField(json, 'output_file_id')
  return {
    id,
    status,
    endpoint: textField(json, 'endpoint') ?? '',
    completed: countField(counts, 'completed') ?? 0,
    failed: countField(counts, 'failed') ?? 0,
    total: readTotal(json),
    outputFileId: outputFileId === '' ? undefined : outputFileId,
    endedS,
    elapsedS: Math.max(0, endedS - (countField(json, 'created_at') ?? endedS)),
    problem: readProblem(json),
  }
}

/** Totals of nothing come with batches that could not begin, and with servers that count nothing. */
function readTotal(json: JsonObject): EndedBatch['total'] {
  const usage = readUsage(json['usage'])
  const model = textField(json, 'model')
  if (usage === undefined || model === undefined || model === '') return undefined
  return usage.inputTokens + usage.outputTokens === 0 ? undefined : { model, usage }
}

function readProblem(json: JsonObject): string {
  const errors = objectField(json, 'errors')?.['data']
  const [first]: readonly unknown[] = Array.isArray(errors) ? errors : []
  const message = typeof first === 'object' && first !== null && 'message' in first ? first.message : ''
  return typeof message === 'string' ? message.slice(0, 2000) : ''
}
