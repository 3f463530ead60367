/** Joins class names; `false`, `undefined` and empty parts vanish. Later classes do not override earlier ones. */
export function classes(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== false && part !== '').join(' ')
}
