import type { Source } from '@ratchet/contract'

/** Sources as a prompt gets them: `[1] Title > Heading` and the text, in the order of their rank. */
export function formatPassages(sources: readonly Source[]): string {
  return sources.map((source, index) => `[${index + 1}] ${labelOf(source)}\n${source.text}`).join('\n\n')
}

function labelOf({ title, heading, path }: Source): string {
  const parts = [title, heading === title ? '' : heading].filter((part) => part !== '')
  return parts.length > 0 ? parts.join(' > ') : path
}
