import type { ByteRange } from '../scan-fields.ts'
import { spliceBody } from '../splice-body.ts'
import { fieldText, readMultipart, requiredField } from './multipart.ts'

/** A form of /v1/audio/transcriptions or /v1/audio/translations: the bytes, and what we need to know of them. */
export type TranscriptionRequest = {
  readonly body: Buffer
  readonly model: string
  /** Where the name of the model stands. */
  readonly modelRange: ByteRange
  readonly fileName: string
  readonly fileBytes: number
  readonly isStream: boolean
  /** `json` unless the client says otherwise. */
  readonly responseFormat: string
}

/** Finds the fields of the form without copying the file. Throws `validation_failed` or `bad_request`. */
export function readTranscriptionRequest(body: Buffer, contentType: string): TranscriptionRequest {
  const fields = readMultipart(body, contentType)
  const model = requiredField(fields, 'model')
  const file = requiredField(fields, 'file')
  return {
    body,
    model: body.toString('utf8', model.start, model.end),
    modelRange: { start: model.start, end: model.end },
    fileName: file.fileName ?? '',
    fileBytes: file.end - file.start,
    isStream: fieldText(body, fields, 'stream') === 'true',
    responseFormat: fieldText(body, fields, 'response_format') ?? 'json',
  }
}

/** The form for the provider: the client's bytes with the provider's name of the model. */
export function forwardTranscription(
  request: Pick<TranscriptionRequest, 'body' | 'model' | 'modelRange'>,
  model: string,
): Buffer {
  if (model === request.model) return request.body
  return spliceBody(request.body, [{ ...request.modelRange, text: model }])
}
