/** One server-sent event; comments (heartbeats) are not events. */
export type ServerEvent = { readonly event: string; readonly data: string }

/**
 * Reads a server-sent event stream as the HTML standard says: lines end in LF, CR LF or CR, several
 * `data:` lines join with LF, an event without data and an unfinished last event are dropped.
 */
export async function* readEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  let event = ''
  let data: string[] = []
  for await (const line of readLines(chunks)) {
    if (line === '') {
      if (data.length > 0) yield { event: event || 'message', data: data.join('\n') }
      event = ''
      data = []
      continue
    }
    const [field, value] = splitField(line)
    if (field === 'data') data.push(value)
    if (field === 'event') event = value
  }
}

function splitField(line: string): [field: string, value: string] {
  const colon = line.indexOf(':')
  if (colon < 0) return [line, '']
  const start = line[colon + 1] === ' ' ? colon + 2 : colon + 1
  return [line.slice(0, colon), line.slice(start)]
}

async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  // A fresh decoder drops one byte order mark at the start, as the standard asks.
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true })
    // A trailing CR may be half of a CR LF: keep it until more has come.
    const held = rest.endsWith('\r') ? 1 : 0
    const lines = rest.slice(0, rest.length - held).split(/\r\n|\n|\r/)
    rest = (lines.pop() ?? '') + (held ? '\r' : '')
    yield* lines
  }
  // What follows the last line end is an unfinished line; only a held CR ends one.
  if (rest.endsWith('\r')) yield rest.slice(0, -1)
}

/** The body of an answer as chunks; cancels it when the reader stops early. */
export async function* readChunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // The stream may already have failed; its failure has reached the caller through read().
    await reader.cancel().catch(() => undefined)
  }
}
