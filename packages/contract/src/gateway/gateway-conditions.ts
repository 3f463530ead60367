import { z } from 'zod'

/**
 * Fields of a request that a condition can look at: `model`, `route`, `environment`, `key` (name or id), `user`,
 * `session`, `app`, `stream`, `tools`, `images`, `inputTokens` (estimated), `metadata.<name>`, `header.<name>`,
 * `parameter.<name>` (a top-level field of the body).
 */
export const conditionField = z
  .string()
  .regex(
    /^(?:model|route|environment|key|user|session|app|stream|tools|images|inputTokens|(?:metadata|header|parameter)\.[\w.-]{1,100})$/,
    'use model, route, environment, key, user, session, app, stream, tools, images, inputTokens, metadata.<name>, header.<name> or parameter.<name>',
  )

const scalar = z.union([z.string().max(500), z.number(), z.boolean()])

const test = z
  .object({
    field: conditionField,
    equals: scalar.optional(),
    notEquals: scalar.optional(),
    in: z.array(scalar).min(1).max(1_000).optional(),
    startsWith: z.string().max(500).optional(),
    contains: z.string().max(500).optional(),
    above: z.number().optional(),
    below: z.number().optional(),
    exists: z.boolean().optional(),
  })
  .strict()

export type ConditionTest = z.output<typeof test>
export type Condition =
  | ConditionTest
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }

/** What must hold of a request; a test with several operators demands all of them. */
export const condition: z.ZodType<Condition> = z.lazy(() =>
  z.union([
    test,
    z.object({ all: z.array(condition).min(1).max(20) }).strict(),
    z.object({ any: z.array(condition).min(1).max(20) }).strict(),
    z.object({ not: condition }).strict(),
  ]),
)
