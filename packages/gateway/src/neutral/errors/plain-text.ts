const longestQuote = 300
const readChars = 4000

/** The words of an error body that is no JSON, such as a page of HTML, in short; empty when there are none. */
export function plainText(body: unknown): string {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '')
  return text
    .slice(0, readChars)
    .replaceAll(/<(style|script)[\s\S]*?<\/\1>/gi, ' ')
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, longestQuote)
}
