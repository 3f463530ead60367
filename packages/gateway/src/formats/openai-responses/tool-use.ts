import type { Usage, UsageUnits } from '@ratchet/contract'
import type { MeteredUsage } from '@ratchet/core/cost'
import { countField, objectField, textField } from '../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'

type ToolUse = Pick<MeteredUsage, 'units' | 'imageKind' | 'imageTool'>

/**
 * What the tools of a response did that its provider charges for: searches, pictures, and containers that code ran in.
 * How long a container ran, no answer tells.
 */
export function readToolUse(response: JsonObject): ToolUse {
  const { output: items } = response
  if (!Array.isArray(items)) return {}
  const found = { webSearches: 0, fileSearches: 0, images: 0 }
  const kinds = new Set<string>()
  const containers = new Set<string>()
  for (const item of items) {
    if (!isJsonObject(item)) continue
    const container = containerOf(item)
    if (container !== undefined) containers.add(container)
    if (item['type'] === 'file_search_call') found.fileSearches++
    else if (item['type'] === 'web_search_call' && isSearch(item)) found.webSearches++
    else if (item['type'] === 'image_generation_call' && hasPicture(item)) {
      found.images++
      kinds.add(`${told(item, 'quality')}/${told(item, 'size')}`)
    }
  }
  const units: UsageUnits = {}
  const searches = found.webSearches + found.fileSearches
  if (searches > 0) units.searches = searches
  if (found.fileSearches > 0) units.fileSearches = found.fileSearches
  if (found.images > 0) units.toolImages = found.images
  if (containers.size > 0) units.containers = containers.size
  const [kind] = kinds
  return {
    ...(Object.keys(units).length === 0 ? {} : { units }),
    // Pictures of several kinds have no price of one kind.
    ...(kind === undefined || kinds.size > 1 ? {} : { imageKind: kind }),
    ...(found.images === 0 ? {} : readImageTool(response)),
  }
}

/** Pages that a search opened are not charged for. */
function isSearch(item: JsonObject): boolean {
  const action = objectField(item, 'action')
  return action === undefined || (action['type'] ?? 'search') === 'search'
}

/** A call that failed has made none. */
function hasPicture(item: JsonObject): boolean {
  return item['status'] !== 'failed' && typeof item['result'] === 'string' && item['result'] !== ''
}

function told(item: JsonObject, name: string): string {
  const word = textField(item, name) ?? ''
  return word === 'auto' ? '' : word
}

function containerOf(item: JsonObject): string | undefined {
  if (item['type'] === 'code_interpreter_call') return textField(item, 'container_id')
  return item['type'] === 'shell_call'
    ? textField(objectField(item, 'environment') ?? {}, 'container_id')
    : undefined
}

/** Tokens of the model that drew: the answer repeats which one the tool was given. */
function readImageTool({ tools, tool_usage: usage }: JsonObject): Pick<ToolUse, 'imageTool'> {
  const tool = Array.isArray(tools)
    ? tools.find((each) => isJsonObject(each) && each['type'] === 'image_generation')
    : undefined
  const model = isJsonObject(tool) ? textField(tool, 'model') : undefined
  const used = isJsonObject(usage) ? objectField(usage, 'image_gen') : undefined
  const outputTokens = countField(used ?? {}, 'output_tokens') ?? 0
  if (model === undefined || used === undefined || outputTokens === 0) return {}
  const inputDetail = objectField(used, 'input_tokens_details') ?? {}
  const outputDetail = objectField(used, 'output_tokens_details') ?? {}
  const tokens: Usage = {
    inputTokens: countField(used, 'input_tokens') ?? 0,
    outputTokens,
    cachedInputTokens: countField(used, 'cached_tokens') ?? 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    imageInputTokens: countField(inputDetail, 'image_tokens') ?? 0,
    // Where the output is not taken apart, it is pictures.
    imageOutputTokens: countField(outputDetail, 'image_tokens') ?? outputTokens,
  }
  return { imageTool: { model, usage: tokens } }
}
