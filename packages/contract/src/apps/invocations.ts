import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { usage } from '../words.ts'

export const chatMessage = z.looseObject({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() })), z.null()]).optional(),
})
export type ChatMessage = z.output<typeof chatMessage>

/** A passage that an answer stands on. */
export const source = z.object({
  id: z.string(),
  path: z.string(),
  title: z.string(),
  heading: z.string(),
  text: z.string(),
  score: z.number(),
})
export type Source = z.output<typeof source>

export const nodeResult = z.object({
  status: z.enum(['completed', 'failed', 'bypassed', 'cancelled']),
  output: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  durationMs: z.number(),
})
export type NodeResult = z.output<typeof nodeResult>

/** What an invocation reports while it runs, in this order: any number of text and node events, then one of finished or failed. */
export const invocationEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('started'),
    traceId: z.string(),
    model: z.string(),
    release: z.string().optional(),
  }),
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('sources'), sources: z.array(source) }),
  z.object({ type: z.literal('node'), name: z.string(), result: nodeResult }),
  z.object({
    type: z.literal('finished'),
    text: z.string(),
    outputs: z.record(z.string(), z.unknown()),
    usage,
    costNano: z.number().int(),
    /** False when the price of a called model is unknown: the cost is then unknown, not what is told. */
    costKnown: z.boolean().optional(),
    finishReason: z.string(),
    durationMs: z.number(),
    firstTextMs: z.number().optional(),
  }),
  z.object({
    type: z.literal('failed'),
    error: z.object({
      code: z.string(),
      message: z.string(),
      details: z.record(z.string(), z.unknown()).optional(),
    }),
  }),
])
export type InvocationEvent = z.output<typeof invocationEvent>

export const invoke = defineRoute({
  name: 'invoke',
  method: 'POST',
  path: '/api/v1/invocations',
  summary: 'Run a model, a deployed app, or an entry of any release, and stream what happens',
  tag: 'invocations',
  permission: 'model:invoke',
  kind: 'events',
  body: z.object({
    /** `connection/model`, `app/<name>`, or `app/<name>@<release>`. */
    model: z.string().min(1).max(300),
    messages: z.array(chatMessage).max(1000).default([]),
    /** Inputs by name, for flows and prompts that are not chats. */
    inputs: z.record(z.string(), z.unknown()).default({}),
    /** A file of the release to run in place of what the app serves: `prompts/answer.prompty`. */
    entry: z.string().optional(),
    environment: z.string().optional(),
    sessionId: z.string().max(200).optional(),
    userId: z.string().max(200).optional(),
  }),
  output: invocationEvent,
  errors: ['model_not_found', 'validation_failed', 'unavailable'],
})
