import { z } from 'zod'
import { defineRoute } from '../define-route.ts'
import { guardrail, guardrailActions, guardrailPlaces } from './guardrails.ts'
import { slug } from '../words.ts'

/** What a detector saw in the text that was tried. */
export const triedFinding = z.object({
  rule: z.string(),
  action: z.enum(guardrailActions),
  detector: z.string(),
  kind: z.string(),
  /** UTF-16 units of the text as it was given; absent when an earlier rule has changed what stood there. */
  place: z.object({ start: z.number().int(), end: z.number().int() }).optional(),
  score: z.number(),
  /** What is wrong, for checks of a whole text. */
  detail: z.string().optional(),
})
export type TriedFinding = z.output<typeof triedFinding>

export const triedVerdicts = ['passed', 'flagged', 'redacted', 'asked-again', 'blocked'] as const

export const tryGuardrail = defineRoute({
  name: 'tryGuardrail',
  method: 'POST',
  path: '/api/v1/gateway/guardrails/try',
  summary: 'Say what a guardrail would do with a text; nothing is recorded',
  tag: 'gateway',
  permission: 'gateway:read',
  body: z
    .object({
      /** Name of a guardrail of the configuration. */
      name: slug.optional(),
      /** One that is not part of the configuration, or not yet. */
      guardrail: guardrail.optional(),
      text: z.string().max(200_000),
      place: z.enum(guardrailPlaces).default('input'),
    })
    .refine((body) => (body.name === undefined) !== (body.guardrail === undefined), {
      path: ['guardrail'],
      message: 'give either "name" or "guardrail"',
    }),
  output: z.object({
    verdict: z.enum(triedVerdicts),
    /** What would be sent on; absent when the text is blocked or asked for again. */
    text: z.string().optional(),
    /** What a blocked caller is told, or what the model is told that is asked again. */
    message: z.string().optional(),
    findings: z.array(triedFinding),
    /** Detectors that call another service or a model: they run in the gateway only. */
    notRun: z.array(z.object({ rule: z.string(), detector: z.string(), reason: z.string() })),
    /** Rules that look at this place. */
    rules: z.number().int(),
  }),
  errors: ['not_found', 'validation_failed'],
})
