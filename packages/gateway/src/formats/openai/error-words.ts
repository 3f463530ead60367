/** Words of OpenAI and of servers that speak like it, where an event of a stream says no status. */
const statuses: ReadonlyMap<unknown, number> = new Map([
  ['invalid_request_error', 400],
  ['invalid_prompt', 400],
  ['context_length_exceeded', 400],
  ['BadRequestError', 400],
  ['INVALID_ARGUMENT', 400],
  ['authentication_error', 401],
  ['invalid_api_key', 401],
  ['UNAUTHENTICATED', 401],
  ['permission_error', 403],
  ['PERMISSION_DENIED', 403],
  ['not_found_error', 404],
  ['model_not_found', 404],
  ['NOT_FOUND', 404],
  ['rate_limit_error', 429],
  ['rate_limit_exceeded', 429],
  ['insufficient_quota', 429],
  ['tokens', 429],
  ['requests', 429],
  ['RESOURCE_EXHAUSTED', 429],
  ['server_error', 500],
  ['internal_server_error', 500],
  ['InternalServerError', 500],
  ['INTERNAL', 500],
  ['overloaded_error', 503],
  ['server_overloaded', 503],
  ['service_unavailable', 503],
  ['UNAVAILABLE', 503],
  ['timeout', 504],
  ['DEADLINE_EXCEEDED', 504],
])

/** Types that OpenAI's clients know. */
const types: ReadonlySet<string> = new Set([
  'invalid_request_error',
  'authentication_error',
  'permission_error',
  'not_found_error',
  'rate_limit_error',
  'rate_limit_exceeded',
  'insufficient_quota',
  'tokens',
  'requests',
  'server_error',
  'api_error',
])

export function statusOfWord(word: unknown): number | undefined {
  return statuses.get(word)
}

export function isOpenAiType(type: string): boolean {
  return types.has(type)
}
