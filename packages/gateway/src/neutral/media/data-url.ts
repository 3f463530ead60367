const scheme = 'data:'
const marker = ';base64'

/** What a `data:` URL holds: its type without parameters, and base64. Undefined when it is no such URL. */
export function parseDataUrl(url: string): { readonly mediaType: string; readonly data: string } | undefined {
  if (!url.startsWith(scheme)) return undefined
  const comma = url.indexOf(',')
  if (comma === -1) return undefined
  const head = url.slice(scheme.length, comma)
  const parameters = head.indexOf(';')
  const mediaType = (parameters === -1 ? head : head.slice(0, parameters)).trim() || 'text/plain'
  const body = url.slice(comma + 1)
  if (head.toLowerCase().endsWith(marker)) return { mediaType, data: body }
  return { mediaType, data: Buffer.from(decodeOr(body)).toString('base64') }
}

export function toDataUrl(mediaType: string, data: string): string {
  return `data:${mediaType};base64,${data}`
}

function decodeOr(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray percent sign: the text is meant as it stands.
    return text
  }
}
