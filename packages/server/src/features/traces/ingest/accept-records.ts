import { spanRecord, type SpanRecord } from '@ratchet/contract'

/** A record that cannot be stored, and why. */
export type Rejected = { readonly record: unknown; readonly reason: string }

const earliestUs = Date.UTC(2000, 0, 1) * 1000
const latestUs = Date.UTC(2100, 0, 1) * 1000
const largestCount = 0xffff_ffff

/**
 * Parts the records of a shipment into those that fit the tables and those that do not. A record's fate
 * depends on nothing but itself, so a shipment that is sent again gives the same rows.
 */
export function acceptRecords(records: readonly unknown[]): { accepted: SpanRecord[]; rejected: Rejected[] } {
  const accepted: SpanRecord[] = []
  const rejected: Rejected[] = []
  for (const record of records) {
    const parsed = spanRecord.safeParse(record)
    const reason = parsed.success ? misfitOf(parsed.data) : reasonOf(parsed.error.issues)
    if (parsed.success && reason === undefined) accepted.push(parsed.data)
    else rejected.push({ record, reason: reason ?? 'not a span record' })
  }
  return { accepted, rejected }
}

function reasonOf(issues: readonly { path: readonly PropertyKey[]; message: string }[]): string {
  return issues.map((issue) => `${issue.path.map(String).join('.') || 'record'}: ${issue.message}`).join('; ')
}

/** What the contract allows but a column cannot hold: one such row would fail the whole batch. */
function misfitOf(record: SpanRecord): string | undefined {
  if (record.startUs < earliestUs || record.startUs > latestUs) {
    return `startUs: ${record.startUs} is not between the years 2000 and 2100 in microseconds`
  }
  const { units, ...tokens } = record.usage
  for (const [kind, count] of Object.entries(tokens)) {
    if (count > largestCount) return `usage.${kind}: ${count} tokens do not fit 32 bits`
  }
  for (const [kind, count] of Object.entries(units ?? {})) {
    if (count > largestCount) return `usage.units.${kind}: ${count} do not fit 32 bits`
  }
  return undefined
}
