/** Longest line that is held in memory; a line beyond it is a broken or hostile answer. */
const longestLineChars = 32 * 1024 * 1024

/** Lines of a byte stream without their ends (LF or CRLF), split characters put together; the last may lack an end. */
export async function* readLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    rest += decoder.decode(bytes, { stream: true })
    let start = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      yield rest.slice(start, rest[end - 1] === '\r' && end > start ? end - 1 : end)
      start = end + 1
    }
    rest = rest.slice(start)
    if (rest.length > longestLineChars)
      throw new RangeError(`A line is longer than ${longestLineChars} characters.`)
  }
  rest += decoder.decode()
  if (rest !== '') yield rest
}
