import { slug } from '@ratchet/contract'
import { z } from 'zod'

/** Names of nodes, inputs and outputs: what can stand in `${…}`. */
const word = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_-]*$/, 'use letters, digits, "_" and "-", starting with a letter')

/** `ratchet.yaml`. Strict: a misspelt field would otherwise be silently ignored. */
export const manifestSchema = z.strictObject({
  name: slug,
  description: z.string().default(''),
  owner: z.string().default(''),
  risk: z.enum(['minimal', 'limited', 'high']).default('minimal'),
  entry: z.string().min(1),
  models: z.record(z.string(), z.string()).default({}),
  evaluations: z.array(z.string()).default([]),
})
export type Manifest = z.output<typeof manifestSchema>

const typeNames = {
  string: 'string',
  image: 'string',
  int: 'int',
  integer: 'int',
  double: 'double',
  float: 'double',
  number: 'double',
  bool: 'bool',
  boolean: 'bool',
  list: 'list',
  array: 'list',
  object: 'object',
} as const
type TypeName = keyof typeof typeNames
export type ValueType = (typeof typeNames)[TypeName]

const typeName = z
  .enum(Object.keys(typeNames) as [TypeName, ...TypeName[]])
  .transform((name): ValueType => typeNames[name])

/** An input of a flow or prompt. Without default it must be given. */
const inputSpec = z.strictObject({
  type: typeName.default('string'),
  default: z.unknown().optional(),
  description: z.string().default(''),
  enum: z.array(z.unknown()).optional(),
  chat: z.boolean().default(false),
})
export type InputSpec = z.output<typeof inputSpec>

/** `question: string` is short for `question: { type: string }`. */
const inputSpecs = z.record(
  word,
  z.union([typeName.transform((type): InputSpec => ({ type, description: '', chat: false })), inputSpec]),
)

/** The frame of a `*.flow.yaml`; its nodes are checked one by one with {@link nodeSchemas}. */
export const flowSchema = z.strictObject({
  name: z.string().default(''),
  description: z.string().default(''),
  inputs: inputSpecs.default({}),
  outputs: z.record(word, z.unknown()).default({}),
  answer: z.string().optional(),
  nodes: z.array(z.unknown()).min(1).max(500),
})

const nodeBase = {
  name: word,
  description: z.string().default(''),
  when: z.union([z.string(), z.boolean()]).optional(),
  timeoutMs: z.number().int().min(1).max(3_600_000).optional(),
  retry: z
    .strictObject({
      times: z.number().int().min(0).max(10).default(1),
      delayMs: z.number().int().min(0).max(60_000).default(0),
    })
    .optional(),
}
const values = z.record(z.string(), z.unknown()).default({})

/** Fields of each node type. */
export const nodeSchemas = {
  prompt: z.strictObject({
    ...nodeBase,
    type: z.literal('prompt'),
    prompt: z.string().min(1),
    model: z.string().min(1).optional(),
    inputs: values,
  }),
  retrieve: z.strictObject({
    ...nodeBase,
    type: z.literal('retrieve'),
    index: z.string().min(1),
    query: z.string().min(1),
    top: z.number().int().min(1).max(100).default(5),
    mode: z.enum(['hybrid', 'bm25', 'vector']).default('hybrid'),
  }),
  tool: z.strictObject({ ...nodeBase, type: z.literal('tool'), tool: z.string().min(1), inputs: values }),
}
export type NodeType = keyof typeof nodeSchemas

/** `*.index.yaml`. */
export const indexSchema = z.strictObject({
  name: slug,
  description: z.string().optional(),
  source: z.strictObject({
    folder: z.string().min(1),
    include: z.array(z.string().min(1)).min(1).default(['**/*.md']),
    exclude: z.array(z.string().min(1)).default([]),
  }),
  chunk: z
    .strictObject({
      maxChars: z.number().int().min(100).max(20_000).default(1200),
      overlapChars: z.number().int().min(0).max(5000).default(120),
    })
    .default({ maxChars: 1200, overlapChars: 120 }),
  embedding: z.string().min(1).default('offline/embedding'),
})

/** A field of a JSON answer. */
const outputSpec = z.looseObject({
  type: typeName.default('string'),
  description: z.string().optional(),
  enum: z.array(z.unknown()).optional(),
  items: z.record(z.string(), z.unknown()).optional(),
})
export type OutputSpec = z.output<typeof outputSpec>

/** The front matter of a `.prompty`. Fields of the public format that we do not use are allowed by name. */
export const frontMatterSchema = z.strictObject({
  name: z.string().default(''),
  description: z.string().default(''),
  version: z.unknown().optional(),
  authors: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
  model: z
    .strictObject({
      api: z.literal('chat').default('chat'),
      configuration: z
        .looseObject({
          model: z.string().optional(),
          azure_deployment: z.string().optional(),
          connection: z.string().optional(),
        })
        .default({}),
      parameters: z.record(z.string(), z.unknown()).default({}),
      response: z.enum(['first', 'all']).default('first'),
    })
    .default({ api: 'chat', configuration: {}, parameters: {}, response: 'first' }),
  inputs: inputSpecs.default({}),
  outputs: z
    .record(word, z.union([typeName.transform((type): OutputSpec => ({ type })), outputSpec]))
    .optional(),
  sample: z.record(z.string(), z.unknown()).default({}),
  template: z.unknown().optional(),
})
