import type { ChatCodec } from '../../neutral/codec.ts'
import { readAnswer } from './answer/read-answer.ts'
import { makeStreamReader } from './answer/stream-reader.ts'
import { makeStreamWriter } from './answer/stream-writer.ts'
import { writeAnswer } from './answer/write-answer.ts'
import { readError } from './error/read-error.ts'
import { writeError } from './error/write-error.ts'
import { readRequest } from './request/read-request.ts'
import { writeRequest } from './request/write-request.ts'

/** Google's generateContent and streamGenerateContent, of the Gemini API and of Vertex AI. */
export const gemini: ChatCodec = {
  name: 'gemini',
  readRequest,
  writeRequest,
  readAnswer,
  makeStreamReader,
  writeAnswer,
  makeStreamWriter,
  readError,
  writeError,
}
