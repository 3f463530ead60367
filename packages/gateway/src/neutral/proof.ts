import { isJsonObject, parseJsonOr } from '../formats/parse-json.ts'
import type { FormatName, ReasoningPart } from './content.ts'

/** What proves a thought to the provider that wrote it. */
export type Proof = Pick<ReasoningPart, 'from' | 'signature' | 'encrypted' | 'id' | 'isRedacted'>

/** Base64 of `ratchet::`, whole bytes, so that what follows may be encoded apart. */
const marker = 'cmF0Y2hldDo6'

const formats: readonly FormatName[] = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'bedrock']

/**
 * The proof of another format's thought as one base64 text, for clients whose format has a single field for such
 * things: they send it back as it is, and {@link unpackProof} finds every byte again.
 */
export function packProof({ from, signature, encrypted, id, isRedacted }: Proof): string {
  return (
    marker + Buffer.from(JSON.stringify({ from, signature, encrypted, id, isRedacted })).toString('base64')
  )
}

/** Undefined for a text that {@link packProof} did not make: a signature of the format's own provider. */
export function unpackProof(text: string): Proof | undefined {
  if (!text.startsWith(marker)) return undefined
  const value = parseJsonOr(Buffer.from(text.slice(marker.length), 'base64').toString())
  if (!isJsonObject(value)) return undefined
  const from = formats.find((format) => format === value['from'])
  if (from === undefined) return undefined
  const { signature, encrypted, id } = value
  return {
    from,
    ...(typeof signature === 'string' ? { signature } : {}),
    ...(typeof encrypted === 'string' ? { encrypted } : {}),
    ...(typeof id === 'string' ? { id } : {}),
    ...(value['isRedacted'] === true ? { isRedacted: true } : {}),
  }
}
