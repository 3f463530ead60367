/** A text, or its UTF-8, within its limit; `fullBytes` is there when it was cut. */
export type LimitedText = { readonly text: string | Buffer; readonly fullBytes?: number }

/** The longest beginning of a text that fits in `limitBytes` of UTF-8, never ending inside a character. */
export function limitText(text: string | Buffer, limitBytes: number): LimitedText {
  if (typeof text !== 'string') {
    return text.length <= limitBytes
      ? { text }
      : { text: text.subarray(0, characterEnd(text, limitBytes)), fullBytes: text.length }
  }
  // No UTF-16 unit takes more than three bytes, so most texts need no count.
  if (text.length * 3 <= limitBytes) return { text }
  const fullBytes = Buffer.byteLength(text)
  if (fullBytes <= limitBytes) return { text }
  // One byte for each character: no need to look where they begin.
  if (fullBytes === text.length) return { text: text.slice(0, limitBytes), fullBytes }
  const bytes = Buffer.from(text.slice(0, limitBytes))
  return {
    text: bytes.toString('utf8', 0, characterEnd(bytes, Math.min(limitBytes, bytes.length))),
    fullBytes,
  }
}

function characterEnd(bytes: Buffer, limitBytes: number): number {
  let end = limitBytes
  while (end > 0 && isContinuation(bytes[end])) end--
  return end
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80
}
