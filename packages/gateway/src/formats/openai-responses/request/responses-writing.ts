import type { WriteOptions } from '../../../neutral/codec.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import type { WrittenNames } from '../../../neutral/tools/written-names.ts'
import { cacheStyle, type CacheStyle } from '../../openai/cache-mark.ts'
import { customCallId } from '../../openai/custom-tool.ts'
import { startNames } from '../../openai/tool-names.ts'
import type { Writing } from '../../openai/writing.ts'

/** A request on its way to a provider of the Responses format. */
export type ResponsesWriting = Writing & {
  readonly cacheStyle: CacheStyle
  readonly keepsBreakpoints: boolean
  readonly names: WrittenNames
  /** Ids of calls of custom tools, whose results have a type of their own. */
  readonly customCalls: ReadonlySet<string>
}

export function startWriting(request: NeutralRequest, options: WriteOptions): ResponsesWriting {
  const isOwn = request.from === 'openai-responses'
  return {
    request,
    options,
    isOwn,
    dropped: [],
    cacheStyle: cacheStyle(request, 'openai-responses', options),
    keepsBreakpoints: request.from === 'openai-chat' && options.abilities.cacheMarks !== 'none',
    names: startNames(isOwn || request.from === 'openai-chat'),
    customCalls: findCustomCalls(request),
  }
}

function findCustomCalls({ messages }: NeutralRequest): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const { content } of messages) {
    for (const part of content) {
      const id = part.kind === 'other' ? customCallId(part.value) : undefined
      if (id !== undefined) ids.add(id)
    }
  }
  return ids
}
