const statuses: ReadonlyMap<string, number> = new Map([
  ['invalid_request_error', 400],
  ['authentication_error', 401],
  ['billing_error', 402],
  ['permission_error', 403],
  ['not_found_error', 404],
  ['conflict_error', 409],
  ['request_too_large', 413],
  ['rate_limit_error', 429],
  ['api_error', 500],
  ['timeout_error', 504],
  ['overloaded_error', 529],
])

/** The status of an error that came inside a stream, where the response has said 200; undefined for a new word. */
export function statusOfType(type: string): number | undefined {
  return statuses.get(type)
}

/** Anthropic's word for a class of failures. */
export function typeOfStatus(status: number): string {
  for (const [type, known] of statuses) if (known === status) return type
  if (status === 408) return 'timeout_error'
  if (status === 503) return 'overloaded_error'
  return status < 500 ? 'invalid_request_error' : 'api_error'
}

/** True for a word that Anthropic's clients know. */
export function isErrorType(type: string): boolean {
  return statuses.has(type)
}
