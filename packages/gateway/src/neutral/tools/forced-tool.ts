import type { NeutralRequest } from '../neutral-request.ts'

/**
 * The caller offers one tool and insists on it: a way to ask for JSON. That calls must not be parallel is then said by
 * habit (the Vercel AI SDK always says it) and is no reason to refuse.
 */
export function isOneForcedTool({ tools, toolChoice }: NeutralRequest): boolean {
  return tools.length === 1 && (toolChoice?.kind === 'required' || toolChoice?.kind === 'tool')
}
