const fewestCharacters = 32
const mostCharacters = 600
const base64 = new RegExp(`[A-Za-z0-9+/_-]{${fewestCharacters},${mostCharacters}}={0,2}`, 'g')
const hex = new RegExp(`(?:[0-9a-fA-F]{2}){${fewestCharacters / 2},${mostCharacters / 2}}`, 'g')

/** Readable text hidden as base64 or hex in a piece of text; empty when there is none. */
export function decodeHidden(piece: string): string {
  const found: string[] = []
  for (const [run] of piece.matchAll(hex)) keepReadable(fromHex(run), found)
  for (const [run] of piece.matchAll(base64)) keepReadable(fromBase64(run), found)
  return found.join(' ')
}

function keepReadable(text: string, found: string[]): void {
  let printable = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if ((code >= 32 && code < 127) || code === 10) printable += 1
  }
  if (text.includes(' ') && printable >= text.length * 0.95) found.push(text)
}

function fromHex(run: string): string {
  let text = ''
  for (let at = 0; at < run.length; at += 2)
    text += String.fromCharCode(Number.parseInt(run.slice(at, at + 2), 16))
  return text
}

function fromBase64(run: string): string {
  const plain = run.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '')
  const whole = plain.slice(0, plain.length - (plain.length % 4 === 1 ? 1 : 0))
  return atob(whole)
}
