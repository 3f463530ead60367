import { AppError, type Route } from '@ratchet/contract'

/** Fills `{name}` segments and the query; values left undefined are left out. */
export function requestUrl(
  baseUrl: string,
  route: Pick<Route, 'name' | 'path'>,
  params: Readonly<Record<string, unknown>> = {},
  query: Readonly<Record<string, unknown>> = {},
): string {
  const path = route.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(segment(route.name, name, params[name])),
  )
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null) search.set(name, asText(value))
  }
  const text = search.toString()
  return `${baseUrl.replace(/\/+$/, '')}${path}${text === '' ? '' : `?${text}`}`
}

function segment(route: string, name: string, value: unknown): string {
  const text = value === undefined || value === null ? '' : asText(value)
  // An empty segment would call another route; "." and ".." are resolved away by every URL parser.
  if (text !== '' && text !== '.' && text !== '..') return text
  throw new AppError('validation_failed', {
    message: `"${name}" of ${route} is "${text}"; give a name or id.`,
    details: { route, field: name, value: text },
  })
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
