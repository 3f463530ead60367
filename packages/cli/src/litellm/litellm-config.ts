import { z } from 'zod'

// LiteLLM writes numbers as text too, and lets every part be null.
const number = z.coerce.number().nullish().catch(undefined)
const text = z.string().nullish().catch(undefined)
const truth = z.union([z.boolean(), z.stringbool()]).nullish().catch(undefined)
const loose = z.record(z.string(), z.unknown()).nullish().catch(undefined)

/** `[{ "gpt-4": ["claude", "gpt-3.5"] }]` */
const fallbacks = z
  .array(z.record(z.string(), z.array(z.unknown())))
  .nullish()
  .catch(undefined)

const deployment = z.looseObject({
  model_name: z.coerce.string(),
  litellm_params: z.looseObject({ model: z.string() }),
  model_info: loose,
})
export type Deployment = z.output<typeof deployment>

const routing = {
  num_retries: number,
  timeout: number,
  stream_timeout: number,
  fallbacks,
  context_window_fallbacks: fallbacks,
  content_policy_fallbacks: fallbacks,
  default_fallbacks: z.array(z.string()).nullish().catch(undefined),
}

/** `config.yaml` of LiteLLM's proxy, as far as it is translated; everything else stays in the loose objects. */
export const liteLlmConfig = z.looseObject({
  model_list: z.array(deployment).nullish(),
  router_settings: z.looseObject({ ...routing, routing_strategy: text, model_group_alias: loose }).nullish(),
  litellm_settings: z
    .looseObject({
      ...routing,
      request_timeout: number,
      drop_params: truth,
      cache: z.unknown().optional(),
      cache_params: loose,
      max_budget: number,
      budget_duration: text,
    })
    .nullish(),
})
export type LiteLlmConfig = z.output<typeof liteLlmConfig>
