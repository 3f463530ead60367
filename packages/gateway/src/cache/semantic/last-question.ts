import { isJsonObject, type JsonObject } from '../../formats/parse-json.ts'

/** A request taken apart: what its user said last, and all the rest, in which that text is missing. */
export type LastQuestion = { readonly question: string; readonly rest: JsonObject }

/** Where a format keeps turns, and what it calls the content of one. */
type Shape = { readonly turns: string; readonly content: string; readonly textType: string | undefined }

const shapes: Readonly<Record<string, Shape>> = {
  'openai-chat': { turns: 'messages', content: 'content', textType: 'text' },
  'openai-responses': { turns: 'input', content: 'content', textType: 'input_text' },
  anthropic: { turns: 'messages', content: 'content', textType: 'text' },
  gemini: { turns: 'contents', content: 'parts', textType: undefined },
}

/** Longer texts are documents: one vector says too little of them, and making it takes too long. */
const longestQuestion = 8_000

/**
 * Finds the last turn of a request when it is the user's and text alone. Undefined for other formats, for long texts,
 * and for turns with images, results of tools or anything else whose meaning a text embedding does not see.
 */
export function takeLastQuestion(format: string, body: JsonObject): LastQuestion | undefined {
  const found = findQuestion(format, body)
  return found === undefined || found.question.length > longestQuestion ? undefined : found
}

function findQuestion(format: string, body: JsonObject): LastQuestion | undefined {
  const shape = Object.hasOwn(shapes, format) ? shapes[format] : undefined
  if (shape === undefined) return undefined
  const turns = body[shape.turns]
  if (typeof turns === 'string' && format === 'openai-responses') {
    return { question: turns, rest: { ...body, [shape.turns]: null } }
  }
  if (!Array.isArray(turns)) return undefined
  const last: unknown = turns.at(-1)
  if (!isJsonObject(last) || !isUser(last, format)) return undefined
  const taken = takeText(last[shape.content], shape)
  if (taken === undefined) return undefined
  const turn = { ...last, [shape.content]: taken.rest }
  return { question: taken.text, rest: { ...body, [shape.turns]: [...turns.slice(0, -1), turn] } }
}

function isUser(turn: JsonObject, format: string): boolean {
  if (format === 'gemini') return turn['role'] === 'user' || turn['role'] === undefined
  return turn['role'] === 'user' && (turn['type'] === undefined || turn['type'] === 'message')
}

function takeText(content: unknown, shape: Shape): { text: string; rest: unknown } | undefined {
  if (typeof content === 'string') return { text: content, rest: null }
  if (!Array.isArray(content) || content.length === 0) return undefined
  const texts: string[] = []
  const rest: JsonObject[] = []
  for (const part of content) {
    if (!isJsonObject(part) || typeof part['text'] !== 'string' || part['type'] !== shape.textType)
      return undefined
    texts.push(part['text'])
    rest.push({ ...part, text: null })
  }
  return { text: texts.join('\n'), rest }
}
