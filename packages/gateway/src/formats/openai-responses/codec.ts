import type { ChatCodec } from '../../neutral/codec.ts'
import { readOpenAiError } from '../openai/read-error.ts'
import { writeOpenAiError } from '../openai/write-error.ts'
import { readAnswer } from './answer/read-answer.ts'
import { writeAnswer } from './answer/write-answer.ts'
import { readRequest } from './request/read-request.ts'
import { writeRequest } from './request/write-request.ts'
import { ResponsesStreamReader } from './stream/stream-reader.ts'
import { ResponsesStreamWriter } from './stream/stream-writer.ts'

/** OpenAI's Responses. A stored answer that a request continues is only carried: whoever stores it finds it. */
export const openAiResponses: ChatCodec = {
  name: 'openai-responses',
  readRequest,
  writeRequest,
  readAnswer,
  makeStreamReader: () => new ResponsesStreamReader(),
  writeAnswer,
  makeStreamWriter: (options) => new ResponsesStreamWriter(options),
  readError: readOpenAiError,
  writeError: writeOpenAiError,
}
