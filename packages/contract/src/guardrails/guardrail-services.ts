import { z } from 'zod'
import { slug } from '../words.ts'

const service = {
  /** One try, no retries. */
  timeoutMs: z.number().int().min(50).max(60_000).default(3000),
  /** When the service fails or is late. Without one the rule's action decides. */
  onFailure: z.enum(['block', 'pass']).optional(),
}
const model = z.string().min(1).max(300)
const score = z.number().min(0).max(1)

/** Categories of OpenAI's `omni-moderation` models. */
export const openAiModerationCategories = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/intent',
  'self-harm/instructions',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
] as const

export const azureSafetyCategories = ['hate', 'sexual', 'violence', 'self-harm'] as const

/** Hazard categories of Llama Guard 3. */
export const llamaGuardCategories = [
  'S1',
  'S2',
  'S3',
  'S4',
  'S5',
  'S6',
  'S7',
  'S8',
  'S9',
  'S10',
  'S11',
  'S12',
  'S13',
  'S14',
] as const

/** Checks that another service or a model makes. The gateway runs them; they need the whole text. */
export const remoteDetectorSpec = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('openai-moderation'),
    connection: slug,
    /** Without one: all. */
    categories: z.array(z.enum(openAiModerationCategories)).min(1).optional(),
    /** Without one: the service's own verdict. */
    threshold: score.optional(),
    ...service,
  }),
  z.strictObject({
    type: z.literal('azure-content-safety'),
    connection: slug,
    categories: z.array(z.enum(azureSafetyCategories)).min(1).optional(),
    /** Lowest severity that counts, of 0 to 7. */
    severity: z.number().int().min(1).max(7).default(4),
    ...service,
  }),
  z.strictObject({
    type: z.literal('llama-guard'),
    /** `connection/model` or a route. */
    model,
    categories: z.array(z.enum(llamaGuardCategories)).min(1).optional(),
    ...service,
  }),
  z.strictObject({
    type: z.literal('judge'),
    model,
    /** Must ask for a number from 0 (fine) to 1 (violates). */
    prompt: z.string().min(1).max(20_000),
    threshold: score.default(0.5),
    ...service,
  }),
])
export type RemoteDetectorSpec = z.output<typeof remoteDetectorSpec>
