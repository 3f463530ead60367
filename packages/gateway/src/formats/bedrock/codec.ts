import type { ChatCodec } from '../../neutral/codec.ts'
import { providerOnly } from '../../neutral/errors/provider-only.ts'
import { readAnswer } from './answer/read-answer.ts'
import { readError } from './read-error.ts'
import { writeRequest } from './request/write-request.ts'
import { makeStreamReader } from './stream/stream-reader.ts'

/** Amazon Bedrock's Converse and ConverseStream, spoken to providers only. */
export const bedrockConverse: ChatCodec = {
  ...providerOnly('bedrock'),
  name: 'bedrock',
  writeRequest,
  readAnswer,
  makeStreamReader,
  readError,
}
