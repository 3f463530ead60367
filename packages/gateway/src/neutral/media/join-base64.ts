/** Base64 of what the pieces, each base64 of its own, hold together. */
export function joinBase64(pieces: readonly string[]): string {
  const last = pieces.length - 1
  // Only whole groups of four without padding may be put side by side.
  const isPlain = pieces.every((piece, at) => at === last || (piece.length % 4 === 0 && !piece.endsWith('=')))
  if (isPlain) return pieces.join('')
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))).toString('base64')
}
