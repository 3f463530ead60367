import { AppError } from '@ratchet/contract'

const textLimitBytes = 1024 * 1024

/** The text of a file, at most 1 MiB of it; throws `not_supported` when the file is not UTF-8 text. */
export function readText(
  path: string,
  content: Uint8Array,
): { path: string; text: string; truncated: boolean } {
  const truncated = content.byteLength > textLimitBytes
  const shown = truncated ? content.subarray(0, wholeCharacters(content, textLimitBytes)) : content
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(shown)
    if (!text.includes('\0')) return { path, text, truncated }
  } catch {
    // Falls through: both cases mean that there is no text to show.
  }
  throw new AppError('not_supported', {
    message: `"${path}" is a binary file of ${content.byteLength} bytes and cannot be shown as text.`,
    details: { path, sizeBytes: content.byteLength },
  })
}

/** The longest prefix up to `limit` that does not cut a UTF-8 character: such bytes look like 10xxxxxx. */
function wholeCharacters(content: Uint8Array, limit: number): number {
  let end = limit
  while (end > 0 && ((content[end] ?? 0) & 0xc0) === 0x80) end -= 1
  return end
}
