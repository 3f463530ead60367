import { AppError } from '@ratchet/contract'
import type { ChatCodec } from '../codec.ts'
import type { FormatName } from '../content.ts'

type ClientSide = Pick<ChatCodec, 'readRequest' | 'writeAnswer' | 'makeStreamWriter' | 'writeError'>

/** The client side of a format that no client speaks to us: every function throws `not_supported`. */
export function providerOnly(format: FormatName): ClientSide {
  const refuse = (): never => {
    throw new AppError('not_supported', {
      message: `The format "${format}" is spoken to providers only. Send requests in the OpenAI, Anthropic or Gemini format.`,
      details: { format },
    })
  }
  return { readRequest: refuse, writeAnswer: refuse, makeStreamWriter: refuse, writeError: refuse }
}
