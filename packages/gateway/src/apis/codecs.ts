import { anthropicMessages } from '../formats/anthropic/codec.ts'
import { bedrockConverse } from '../formats/bedrock/codec.ts'
import { gemini } from '../formats/gemini/codec.ts'
import { openAiChat } from '../formats/openai-chat/codec.ts'
import { openAiResponses } from '../formats/openai-responses/codec.ts'
import type { ChatCodec } from '../neutral/codec.ts'
import type { FormatName } from '../neutral/content.ts'

const codecs: Readonly<Record<FormatName, ChatCodec>> = {
  'openai-chat': openAiChat,
  'openai-responses': openAiResponses,
  anthropic: anthropicMessages,
  gemini,
  bedrock: bedrockConverse,
}

/** The codec of a wire format. */
export function codecOf(format: FormatName): ChatCodec {
  return codecs[format]
}
