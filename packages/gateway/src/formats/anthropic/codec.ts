import type { ChatCodec } from '../../neutral/codec.ts'
import { readAnswer } from './answer/read-answer.ts'
import { writeAnswer } from './answer/write-answer.ts'
import { readError } from './error/read-error.ts'
import { writeError } from './error/write-error.ts'
import { readRequest } from './request/read-request.ts'
import { writeRequest } from './request/write-request.ts'
import { makeStreamReader } from './stream/stream-reader.ts'
import { makeStreamWriter } from './stream/stream-writer.ts'

/** Anthropic's Messages API, spoken to clients and to providers. */
export const anthropicMessages: ChatCodec = {
  name: 'anthropic',
  readRequest,
  writeRequest,
  readAnswer,
  makeStreamReader,
  writeAnswer,
  makeStreamWriter,
  readError,
  writeError,
}
