import { isJsonObject } from '../../formats/parse-json.ts'
import { leaveOut, noteLeftOut, type Unsupported } from './unsupported.ts'

/** Top-level fields without which the answer would be to something else, or under other terms, than what was asked. */
const weighty: ReadonlySet<string> = new Set([
  'audio',
  'background',
  'cachedContent',
  'container',
  'continuationToken',
  'conversation',
  'inference_geo',
  'mcp_servers',
  'modelArmorConfig',
  'moderation',
  'prompt',
  'response_format',
  'tool_choice',
  'web_search_options',
])

/** Fields of Gemini's `generationConfig` that say what the answer is: enums, pictures, several formats. */
const weightyConfig: ReadonlySet<string> = new Set([
  'responseFormat',
  'responseJsonSchema',
  'responseMimeType',
  'responseSchema',
  'response_format',
  'response_json_schema',
  'response_mime_type',
  'response_schema',
])

/** Leaves out a top-level field that only the client's format has a word for; refuses where it would be missed. */
export function leaveOutField(target: Unsupported, name: string, value: unknown): void {
  if (name === 'generationConfig' && isJsonObject(value)) {
    for (const inner in value) leaveOutNamed(target, `${name}.${inner}`, weightyConfig.has(inner))
    return
  }
  leaveOutNamed(target, name, weighty.has(name) && value !== null && value !== false)
}

function leaveOutNamed(target: Unsupported, param: string, isMissed: boolean): void {
  if (isMissed) leaveOut(target, param)
  else noteLeftOut(target, param)
}
