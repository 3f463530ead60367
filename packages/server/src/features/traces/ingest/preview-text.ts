/** Previews are this long; the full bodies are one click away. */
const previewChars = 300
/** Larger bodies are previewed as they are: parsing them for a preview would slow ingestion. */
const parseLimitChars = 64 * 1024

/**
 * The first 300 characters a person would want to see: of a list of chat messages, the newest one that has
 * text; of anything else, its own beginning. Never cuts a surrogate pair.
 */
export function previewOf(body: string): string {
  return cutText(newestMessage(body) ?? body, previewChars)
}

/** At most `limit` UTF-16 units from the start, not ending in half a character. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text
  const isInsidePair = /[\ud800-\udbff]/.test(text.charAt(limit - 1))
  return text.slice(0, isInsidePair ? limit - 1 : limit)
}

/** At most `limit` UTF-16 units from the end, not beginning with half a character. */
export function cutTextFromEnd(text: string, limit: number): string {
  if (text.length <= limit) return text
  const start = text.length - limit
  return text.slice(/[\udc00-\udfff]/.test(text.charAt(start)) ? start + 1 : start)
}

function newestMessage(body: string): string | undefined {
  if (!body.startsWith('[{') || body.length > parseLimitChars) return undefined
  let messages: unknown
  try {
    messages = JSON.parse(body)
  } catch {
    // Cut off or no JSON at all: shown as it is.
    return undefined
  }
  if (!Array.isArray(messages)) return undefined
  for (const message of messages.toReversed() as unknown[]) {
    const text =
      typeof message === 'object' && message !== null && 'content' in message ? textOf(message.content) : ''
    if (text !== '') return text
  }
  return undefined
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .map((part: unknown) =>
      typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string'
        ? part.text
        : '',
    )
    .filter((text) => text !== '')
    .join('\n')
}
