import { z } from 'zod'
import type { ImportReport } from './import-report.ts'

/** Fields of a request body that LiteLLM lets a deployment set. */
const bodyFields = new Set([
  'temperature',
  'top_p',
  'top_k',
  'n',
  'max_tokens',
  'max_completion_tokens',
  'stop',
  'seed',
  'presence_penalty',
  'frequency_penalty',
  'logit_bias',
  'logprobs',
  'top_logprobs',
  'response_format',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'reasoning_effort',
  'thinking',
  'service_tier',
  'user',
  'metadata',
  'modalities',
  'verbosity',
  'dimensions',
  'encoding_format',
])

type Json = z.output<ReturnType<typeof z.json>>

/** The fields that a deployment sets in every request. */
export function parametersOf(
  params: Readonly<Record<string, unknown>>,
  path: readonly (string | number)[],
  report: ImportReport,
): Record<string, Json> {
  const parameters: Record<string, Json> = {}
  for (const [name, value] of Object.entries(params)) {
    if (!bodyFields.has(name)) continue
    const json = z.json().safeParse(value)
    if (!json.success) continue
    parameters[name] = json.data
    report.add('translated', [...path, name], 'Set in the body of every call of the target.')
  }
  return parameters
}
