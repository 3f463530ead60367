import type { ChatCodec } from '../../neutral/codec.ts'
import { readOpenAiError } from '../openai/read-error.ts'
import { writeOpenAiError } from '../openai/write-error.ts'
import { readAnswer } from './answer/read-answer.ts'
import { writeAnswer } from './answer/write-answer.ts'
import { readRequest } from './request/read-request.ts'
import { writeRequest } from './request/write-request.ts'
import { ChatStreamReader } from './stream/stream-reader.ts'
import { ChatStreamWriter } from './stream/stream-writer.ts'

/** OpenAI's chat completions, and the many servers that speak like it. */
export const openAiChat: ChatCodec = {
  name: 'openai-chat',
  readRequest,
  writeRequest,
  readAnswer,
  makeStreamReader: () => new ChatStreamReader(),
  writeAnswer,
  makeStreamWriter: (options) => new ChatStreamWriter(options),
  readError: readOpenAiError,
  writeError: writeOpenAiError,
}
