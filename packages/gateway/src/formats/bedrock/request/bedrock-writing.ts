import type { ToolNameRule } from '../../../neutral/tools/tool-names.ts'
import type { RequestWriting } from '../../anthropic/request/request-writing.ts'
import type { ModelFamily } from '../model-family.ts'

/** What the writers of a request share. */
export type BedrockWriting = RequestWriting & {
  readonly family: ModelFamily
  /** Names of documents that are taken. */
  readonly documents: Set<string>
}

/** For names of tools and ids of calls. */
export const toolNameRule: ToolNameRule = { pattern: /^[a-zA-Z0-9_-]+$/, maxLength: 64 }
