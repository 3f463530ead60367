import { AppError, errorStatus, type ErrorCode } from '@ratchet/contract'
import { z } from 'zod'

const openAiError = z.looseObject({
  message: z.string().catch(''),
  code: z.union([z.string(), z.number()]).nullish(),
  param: z.string().nullish(),
  details: z.record(z.string(), z.unknown()).optional().catch(undefined),
})

/** The failure in an OpenAI-form error object: with our code where it is one of ours, else `provider_error`. */
export function readGatewayError(error: unknown, model: string, status?: number): AppError {
  const parsed = openAiError.safeParse(error)
  const known = parsed.data
  const code = known?.code
  return new AppError(isOurCode(code) ? code : 'provider_error', {
    message:
      known?.message ||
      `The call of model "${model}" failed${status === undefined ? '' : ` with status ${status}`}.`,
    details: {
      ...known?.details,
      model,
      ...(status === undefined ? {} : { status }),
      ...(code === null || code === undefined || isOurCode(code) ? {} : { providerCode: code }),
    },
  })
}

/** The failure in the body of an answer with an error status, whatever the body is. */
export function readErrorBody(text: string, model: string, status: number): AppError {
  try {
    const body: unknown = JSON.parse(text)
    if (typeof body === 'object' && body !== null && 'error' in body) {
      return readGatewayError(body.error, model, status)
    }
  } catch {
    // Not JSON: a proxy's page, perhaps; its beginning is told.
  }
  const shown = text.trim().slice(0, 200)
  return new AppError('provider_error', {
    message: `The call of model "${model}" failed with status ${status}${shown === '' ? '.' : `: ${shown}`}`,
    details: { model, status },
  })
}

function isOurCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(errorStatus, code)
}
