import type { WriteOptions } from '../../../neutral/codec.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import { cacheStyle, type CacheStyle } from '../../openai/cache-mark.ts'
import type { WrittenNames } from '../../../neutral/tools/written-names.ts'
import { startNames } from '../../openai/tool-names.ts'
import type { Writing } from '../../openai/writing.ts'
import type { ThoughtsField } from '../reasoning-details.ts'

/** A request on its way to a chat provider. */
export type ChatWriting = Writing & {
  readonly cacheStyle: CacheStyle
  readonly names: WrittenNames
  /** Where earlier thoughts are written; undefined: where the client had them. */
  readonly thoughtsField: ThoughtsField | 'none' | undefined
}

export function startWriting(request: NeutralRequest, options: WriteOptions): ChatWriting {
  const isOwn = request.from === 'openai-chat'
  return {
    request,
    options,
    isOwn,
    dropped: [],
    cacheStyle: cacheStyle(request, 'openai-chat', options),
    names: startNames(isOwn),
    thoughtsField: options.abilities.thoughtsField ?? (isOwn ? undefined : 'none'),
  }
}
