import { fieldText, readMultipart, requiredField, type MultipartField } from '../formats/audio/index.ts'
import { noFields, type ModelRequest, type RequestShape } from '../formats/chat-request.ts'
import { spliceBody } from '../formats/splice-body.ts'
import { AppError } from '@ratchet/contract'

/** A form with a model: its small fields as JSON, its files where they lie. */
export type FormRequest = {
  readonly request: ModelRequest
  readonly fields: readonly MultipartField[]
}

/** A longer field is no setting but content, and not read for traces. */
const longestField = 64 * 1024
const longestModel = 300
const shape: RequestShape = { inputField: 'prompt' }

/** Reads a form without copying its files. Throws `validation_failed` or `bad_request`. */
export function readFormRequest(body: Buffer, contentType: string): FormRequest {
  const fields = readMultipart(body, contentType)
  const named = requiredField(fields, 'model')
  if (named.end - named.start > longestModel) {
    const message = `The "model" has more than ${longestModel} characters.`
    throw new AppError('validation_failed', { message, details: { param: 'model' } })
  }
  const json: Record<string, unknown> = {}
  for (const { name, fileName, start, end } of fields) {
    if (fileName !== undefined) json[name] = { file: fileName, bytes: end - start }
    else if (end - start <= longestField) json[name] = body.toString('utf8', start, end)
  }
  return {
    fields,
    request: {
      shape,
      body,
      json,
      model: body.toString('utf8', named.start, named.end),
      isStream: fieldText(body, fields, 'stream') === 'true',
      wantsUsage: false,
      fields: { ...noFields(), model: { start: named.start, end: named.end } },
    },
  }
}

/** The form for the provider: the client's bytes with the provider's name of the model. */
export function forwardForm({ body, model: asked, fields }: ModelRequest, model: string): Buffer {
  return fields.model === undefined || model === asked
    ? body
    : spliceBody(body, [{ ...fields.model, text: model }])
}
