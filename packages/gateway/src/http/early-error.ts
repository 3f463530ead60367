import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError } from '@ratchet/contract'
import { geminiApi, messagesApi } from '../apis/chat-apis.ts'
import { afterBody } from './after-body.ts'
import { randomHex } from './random-hex.ts'
import { toOpenAiError } from './open-ai-error.ts'

const anyGemini = geminiApi({ model: '', isStream: false }, false)

/** The body of an error in the format of the API that `url` belongs to. */
export function errorBodyFor(url: string, error: AppError): string {
  if (url.startsWith('/v1/messages')) return messagesApi.errorBody(error)
  if (/^\/v1(?:beta|alpha|)\/models\/[^?]*:/.test(url)) return anyGemini.errorBody(error)
  return JSON.stringify(toOpenAiError(error))
}

/**
 * Answers before anything of the body is read; what comes of it is thrown away. The answer is out at once; its
 * connection stays until the body is in. Headers in the flat form of `writeHead`.
 */
export function sendEarly(
  request: IncomingMessage,
  response: ServerResponse,
  { error, headers = [] }: { readonly error: AppError; readonly headers?: readonly string[] },
): void {
  const body = errorBodyFor(request.url ?? '/', error)
  response.writeHead(error.status, [
    'content-type',
    'application/json',
    'content-length',
    String(Buffer.byteLength(body)),
    'x-request-id',
    randomHex(16),
    ...headers,
  ])
  response.write(body)
  afterBody(request, () => response.end())
}
