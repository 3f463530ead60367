import { z } from 'zod'

const failure = z.object({ message: z.string(), stack: z.string() })

/** A line that a tool's worker writes. The tool shares the process, so nothing in it is trusted. */
export const toolAnswer = z.union([
  z.object({ ready: z.literal(true) }),
  z.object({ failed: failure }),
  z.object({ id: z.number(), error: failure }),
  z.object({ id: z.number(), output: z.unknown().optional() }),
])
export type ToolAnswer = z.output<typeof toolAnswer>
export type ToolFailure = z.output<typeof failure>

/** The answer in a line, or undefined when it is none. */
export function parseToolAnswer(line: string): ToolAnswer | undefined {
  try {
    return toolAnswer.safeParse(JSON.parse(line)).data
  } catch {
    // Not JSON: the tool itself wrote to the pipe.
    return undefined
  }
}
