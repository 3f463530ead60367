/**
 * Cuts a text into word-sized pieces for streaming; joined they are the text again. White space stays in
 * front of the word it precedes, as model tokens have it. Long unspaced runs are cut every 16 characters,
 * never inside a surrogate pair.
 */
export function streamPieces(text: string): string[] {
  return text.match(/\s*\S{1,16}|\s+$/gu) ?? []
}
