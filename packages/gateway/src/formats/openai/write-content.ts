import type { ContentPart, FormatName, MediaPart, OtherPart, TextPart } from '../../neutral/content.ts'
import { typeOfOther } from '../../neutral/errors/type-of-other.ts'
import { leaveOut } from '../../neutral/errors/unsupported.ts'
import { addCacheMark, type CacheStyle } from './cache-mark.ts'
import type { Body, Writing } from './writing.ts'

type ContentWriting = Writing & {
  readonly cacheStyle: CacheStyle
  /** OpenAI's own marks for the cache are told as the client wrote them. */
  readonly keepsBreakpoints?: boolean
}

/** A list of parts, or the text itself where the list would be one plain text; a part may be left out. */
export function writeContentWith(
  parts: readonly ContentPart[],
  write: (part: ContentPart) => Body | undefined,
): string | Body[] {
  const only = parts[0]
  if (only === undefined) return ''
  const list: Body[] = []
  for (const part of parts) {
    const written = write(part)
    if (written !== undefined) list.push(written)
  }
  const isPlain = parts.length === 1 && only.kind === 'text' && Object.keys(list[0] ?? {}).length === 2
  return isPlain ? only.text : list
}

/** Adds what the client's own format had beside the part. */
export function finishPart(written: Body, part: TextPart | MediaPart, writing: ContentWriting): Body {
  if (writing.isOwn && part.extra !== undefined) Object.assign(written, part.extra)
  else if (writing.keepsBreakpoints === true && part.extra?.['prompt_cache_breakpoint'] !== undefined)
    written['prompt_cache_breakpoint'] = part.extra['prompt_cache_breakpoint']
  addCacheMark(written, part.cache, writing.cacheStyle)
  return written
}

/** A part that only one format has, for that format; any other leaves it out. */
export function writeOther(
  part: OtherPart,
  writing: Writing,
  { format, param }: { readonly format: FormatName; readonly param: string },
): Body | undefined {
  if (part.format === format) return { ...part.value }
  leaveOut(writing, param, `A part of type "${typeOfOther(part.value)}" is known to its own provider only`)
  return undefined
}

/** OpenAI wants a name for each file, which other formats do not ask for. */
export function fileName(name: string | undefined, mediaType: string): string {
  return name ?? `file.${mediaType.slice(mediaType.indexOf('/') + 1)}`
}
