import type { ToolNameRule } from '../../neutral/tools/tool-names.ts'

/** Names of functions: a letter or underscore first, then letters, digits, underscores, dots, colons and dashes. */
export const toolNameRule: ToolNameRule = { pattern: /^[A-Za-z_][A-Za-z0-9_.:-]*$/, maxLength: 128 }
