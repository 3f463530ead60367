import type { WriteOptions } from '../../../neutral/codec.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import type { ToolNameRule } from '../../../neutral/tools/tool-names.ts'
import { leaveOut, type Unsupported } from '../../../neutral/errors/unsupported.ts'
import type { WrittenNames } from '../../../neutral/tools/written-names.ts'

/** What the writers of a request share. */
export type RequestWriting = Unsupported & {
  readonly request: NeutralRequest
  readonly options: WriteOptions
  readonly names: WrittenNames
}

export const toolNameRule: ToolNameRule = { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 128 }

/** True when the provider takes the field; otherwise it is left out, or the request refused. */
export function takesField(writing: RequestWriting, name: string, param = name): boolean {
  if (writing.options.abilities.refusedFields?.includes(name) !== true) return true
  leaveOut(writing, param)
  return false
}

/** Ids of calls as Anthropic and Bedrock take them; the same id always gives the same result. */
export function legalCallId(id: string): string {
  return /^[a-zA-Z0-9_-]+$/.test(id) ? id : `call_${id.replaceAll(/[^a-zA-Z0-9_-]/g, '_')}`
}
