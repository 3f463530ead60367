const maxLineCharacters = 16 * 1024 * 1024

/**
 * The `data:` texts of an event stream, wherever the network cut it: inside a character, between CR and LF.
 * Comments and other fields are skipped. Throws RangeError for a line without end.
 */
export async function* readEventStream(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  let data: string[] = []
  for await (const chunk of body) {
    rest += decoder.decode(chunk, { stream: true })
    // A CR at the end may be half of a line end; it waits for the next chunk.
    const lines = rest.split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    if (rest.length > maxLineCharacters) {
      throw new RangeError(`a line of the stream is longer than ${maxLineCharacters} characters`)
    }
    for (const line of lines) {
      if (line === '' && data.length > 0) {
        yield data.join('\n')
        data = []
      }
      const value = dataOf(line)
      if (value !== undefined) data.push(value)
    }
  }
  const last = dataOf(rest.replace(/\r$/, ''))
  if (last !== undefined) data.push(last)
  if (data.length > 0) yield data.join('\n')
}

function dataOf(line: string): string | undefined {
  if (!line.startsWith('data:')) return undefined
  return line.slice(line.charAt(5) === ' ' ? 6 : 5)
}
