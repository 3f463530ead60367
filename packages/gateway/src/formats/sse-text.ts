/**
 * One server-sent event as text. JSON holds no line ends, so the data is one line; U+2028 and U+2029, which some
 * readers take for line ends, are written as escapes.
 */
export function sseEvent(data: string, event?: string): string {
  const line = `data: ${escapeSeparators(data)}\n\n`
  return event === undefined ? line : `event: ${event}\n${line}`
}

/** A heartbeat: nothing to any reader, and only ever between two events. */
export const sseComment = ': ping\n\n'

function escapeSeparators(json: string): string {
  if (!json.includes('\u2028') && !json.includes('\u2029')) return json
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
}
