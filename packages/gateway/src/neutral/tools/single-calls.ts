import type { NeutralRequest } from '../neutral-request.ts'

/** Whether the caller asks for one call at a time, and would notice that more came. */
export function wantsSingleCalls(request: NeutralRequest): boolean {
  // Clients of functions have not asked: their answers have room for no more than one.
  return request.parallelToolCalls === false && request.usesFunctions !== true && !isOneForcedTool(request)
}

/**
 * The caller offers one tool and insists on it: a way to ask for JSON. That calls must not be parallel is then said by
 * habit (the Vercel AI SDK always says it) and is no reason to refuse.
 */
function isOneForcedTool({ tools, toolChoice }: NeutralRequest): boolean {
  return tools.length === 1 && (toolChoice?.kind === 'required' || toolChoice?.kind === 'tool')
}
