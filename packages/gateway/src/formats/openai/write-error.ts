import { errorType } from '../../http/open-ai-error.ts'
import type { NeutralError } from '../../neutral/neutral-answer.ts'
import { isOpenAiType } from './error-words.ts'

/** The members of OpenAI's error. */
export type OpenAiErrorFields = {
  readonly message: string
  readonly type: string
  readonly param: string | null
  readonly code: string | null
}

/**
 * Any provider's failure in OpenAI's words: a type that clients know, and as code what the provider called it.
 * Clients shorten their prompt on `context_length_exceeded`, so no other code stands for that.
 */
export function openAiErrorFields(error: NeutralError): OpenAiErrorFields {
  const { type, message, param, status } = error
  const isKnown = isOpenAiType(type)
  const code =
    error.isContextLength === true ? 'context_length_exceeded' : error.code || (isKnown ? '' : type)
  return {
    message,
    type: isKnown ? type : errorType(status),
    param: param ?? null,
    code: code === '' ? null : code,
  }
}

export function writeOpenAiError(error: NeutralError): { readonly error: OpenAiErrorFields } {
  return { error: openAiErrorFields(error) }
}
