import type { ToolNameRule } from '../../neutral/tools/tool-names.ts'
import { WrittenNames } from '../../neutral/tools/written-names.ts'

const rule: ToolNameRule = { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 64 }
const anyName: ToolNameRule = { pattern: /^/, maxLength: Number.POSITIVE_INFINITY }

/** `isOwn`: the client speaks OpenAI's format too, so its provider takes its names, whatever they are. */
export function startNames(isOwn: boolean): WrittenNames {
  return new WrittenNames(isOwn ? anyName : rule)
}
