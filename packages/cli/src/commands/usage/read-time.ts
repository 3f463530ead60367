import { AppError } from '@ratchet/contract'

/** Reads a day (its beginning in UTC) or a time into ISO 8601; throws `bad_request` naming the option. */
export function readTime(option: string, text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text)
  const atMs = Date.parse(isDay ? `${text}T00:00:00Z` : text)
  if (!Number.isNaN(atMs)) return new Date(atMs).toISOString()
  throw new AppError('bad_request', {
    message: `${option} is "${text}", which is no time. Write a day (2026-11-01) or a time (2026-11-01T12:00:00Z).`,
    details: { option, value: text },
  })
}
