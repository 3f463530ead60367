import { otherFields } from '../../../neutral/json-field.ts'
import type { RequestPath } from '../../../neutral/codec.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import type { JsonObject } from '../../parse-json.ts'
import { bothSpellings, objectField, textField } from '../read-field.ts'
import { readConfig } from './read-config.ts'
import { readMessages } from './read-messages.ts'
import { readToolChoice, readToolConfigExtra, readTools } from './read-tools.ts'

const knownNames = bothSpellings(
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'serviceTier',
  'model',
)

/**
 * Reads a body of generateContent or streamGenerateContent; the path says model and streaming. Throws
 * `validation_failed` naming what cannot be understood.
 */
export function readRequest(body: JsonObject, path: RequestPath): NeutralRequest {
  const messages = readMessages(body)
  const { fields, extra: configExtra } = readConfig(objectField(body, 'generationConfig') ?? {})
  const toolChoice = readToolChoice(body)
  const toolConfig = readToolConfigExtra(body)
  const tier = textField(body, 'serviceTier')
  return {
    ...fields,
    from: 'gemini',
    model: path.model ?? textField(body, 'model') ?? '',
    messages,
    isStream: path.isStream ?? false,
    wantsUsage: true,
    tools: readTools(body),
    ...(toolChoice === undefined ? {} : { toolChoice }),
    ...(tier === undefined ? {} : { serviceTier: tier === 'standard' ? 'default' : tier }),
    extra: {
      ...otherFields(body, knownNames),
      ...(configExtra === undefined ? {} : { generationConfig: configExtra }),
      ...(toolConfig === undefined ? {} : { toolConfig }),
    },
  }
}
