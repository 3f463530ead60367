/**
 * Text as PostgreSQL can hold it: it has no NUL character and no halves of a character, so each becomes U+FFFD.
 * For words of programs and providers; what a user gave is refused instead, by {@link isUnstorable}.
 */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd')
}

/** True when the database refused a statement because a text of it, or of JSON in it, contains NUL. */
export function isUnstorable(error: unknown): boolean {
  if (typeof error !== 'object' || error === null || !('code' in error)) return false
  return error.code === characterNotInRepertoire || error.code === untranslatableCharacter
}

const characterNotInRepertoire = '22021'
const untranslatableCharacter = '22P05'
