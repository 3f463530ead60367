import type { RenderedText } from '../templates/index.ts'

export type PromptRole = 'system' | 'developer' | 'user' | 'assistant' | 'tool'

/** The text of one message, still with the mask that tells the author's letters from those of values. */
export type RoleSection = RenderedText & { readonly role: PromptRole }

const header = /^[ \t]*(?:#{1,6}[ \t]*)?(system|developer|user|assistant|tool|function)[ \t]*:[ \t]*$/gim

/**
 * Cuts rendered text at its role lines (`system:`, `# user:`). Only lines that the author wrote count: a role
 * word that came with a value opens nothing. `lead` is what stands before the first role.
 */
export function splitRoles({ text, mask }: RenderedText): { lead: string; sections: RoleSection[] } {
  const headers = [...mask.matchAll(header)]
  const lead = text.slice(0, headers[0]?.index ?? text.length)
  const sections = headers.map((match, index): RoleSection => {
    const from = match.index + match[0].length
    const to = headers[index + 1]?.index ?? text.length
    return { role: roleOf(match[1] ?? ''), text: text.slice(from, to), mask: mask.slice(from, to) }
  })
  return { lead, sections }
}

function roleOf(word: string): PromptRole {
  const role = word.toLowerCase()
  return role === 'function' ? 'tool' : (role as PromptRole)
}
