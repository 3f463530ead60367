import { limitScope, type LimitScope } from '@ratchet/contract'

/** Calls without a user count together under this name; their spans have none. */
export const nobody = '(none)'

/** Reads `<scope>:<whose>` as gateways write it. */
export function readSubject(text: string): { scope: LimitScope | undefined; value: string } {
  const colon = text.indexOf(':')
  return { scope: limitScope.safeParse(text.slice(0, colon)).data, value: text.slice(colon + 1) }
}

/** In the form of the API. */
export function showSubject(text: string): { scope: LimitScope; subject: string } {
  const { scope, value } = readSubject(text)
  return { scope: scope ?? 'project', subject: value }
}

/** The name of a key beside its id. */
export function subjectName(
  scope: LimitScope,
  subject: string,
  names: ReadonlyMap<string, string>,
): { subjectName?: string } {
  const name = scope === 'key' ? names.get(subject) : undefined
  return name === undefined ? {} : { subjectName: name }
}
