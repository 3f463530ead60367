import type { ChatMessage } from '@ratchet/contract'
import { AppError } from '@ratchet/contract'
import type { RoleSection } from './split-roles.ts'

type Part = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } }

const subHeader = /^[ \t]*#{0,6}[ \t]*(name|content|tool_call_id|tool_calls)[ \t]*:[ \t]*$/gim
const startsWithSubHeader = /^\s*#{0,6}[ \t]*(?:name|tool_call_id|tool_calls)[ \t]*:[ \t]*$/im
const image = /!\[image\]\(([^()\n]*)\)/gi

/** Makes a chat message of a section; undefined when it says nothing. */
export function readSection(section: RoleSection, file: string): ChatMessage | undefined {
  const fields = readFields(section)
  const content = fields.content ?? { text: '', mask: '' }
  const toolCalls = fields.tool_calls === undefined ? undefined : parseToolCalls(fields.tool_calls.text, file)
  const parts =
    section.role === 'user' ? readParts(content) : [{ type: 'text' as const, text: content.text.trim() }]
  const [only] = parts
  const isText = parts.length === 1 && only?.type === 'text'
  if (isText && only.text === '' && toolCalls === undefined && section.role !== 'tool') return undefined
  return {
    role: section.role,
    content: isText ? only.text : parts,
    ...(fields.name && { name: fields.name.text.trim() }),
    ...(fields.tool_call_id && { tool_call_id: fields.tool_call_id.text.trim() }),
    ...(toolCalls && { tool_calls: toolCalls }),
  }
}

type Field = { readonly text: string; readonly mask: string }
type Fields = Partial<Record<'name' | 'content' | 'tool_call_id' | 'tool_calls', Field>>

/** Sub-headers such as `## tool_call_id:` count only when the section opens with one. */
function readFields(section: RoleSection): Fields {
  const opening = startsWithSubHeader.exec(section.mask)
  if (!opening || section.mask.slice(0, opening.index).trim() !== '') return { content: section }
  const headers = [...section.mask.matchAll(subHeader)]
  const fields: Record<string, Field> = {}
  for (const [index, match] of headers.entries()) {
    const from = match.index + match[0].length
    const to = headers[index + 1]?.index ?? section.text.length
    fields[(match[1] ?? '').toLowerCase()] = {
      text: section.text.slice(from, to),
      mask: section.mask.slice(from, to),
    }
  }
  return fields
}

function parseToolCalls(text: string, file: string): unknown[] {
  try {
    const calls: unknown = JSON.parse(text)
    if (Array.isArray(calls)) return calls
  } catch {
    // Said below, together with the wrong kind of JSON.
  }
  throw new AppError('app_invalid', {
    message: `${file}: "tool_calls" must be a JSON list; write {{ message.tool_calls | tojson }}.`,
    details: { file },
  })
}

/** `![image](url)` becomes an image part when the author wrote it; the address itself may be a value. */
function readParts({ text, mask }: Field): Part[] {
  const parts: Part[] = []
  let from = 0
  for (const match of mask.matchAll(image)) {
    const end = match.index + match[0].length
    const url = text.slice(match.index + '![image]('.length, end - 1).trim()
    if (!/^(?:https?:\/\/|data:image\/)/i.test(url)) continue
    pushText(parts, text.slice(from, match.index))
    parts.push({ type: 'image_url', image_url: { url } })
    from = end
  }
  const rest = text.slice(from).trim()
  if (parts.length === 0 || rest !== '') parts.push({ type: 'text', text: rest })
  return parts
}

function pushText(parts: Part[], text: string): void {
  const trimmed = text.trim()
  if (trimmed !== '') parts.push({ type: 'text', text: trimmed })
}
