import {
  ApiError,
  type Content,
  type GenerateContentParameters,
  type GenerateContentResponse,
  type GoogleGenAI,
  type Part,
} from '@google/genai'
import { answerSchema, tools, type ClientDriver, type Question, type Told } from './client-driver.ts'

/** Google's own library. */
export function driveGoogle(client: GoogleGenAI): ClientDriver {
  return {
    ask: async (question) => {
      const body = bodyOf(question)
      if (!question.isStream) return toldOf([await client.models.generateContent(body)])
      const chunks: GenerateContentResponse[] = []
      for await (const chunk of await client.models.generateContentStream(body)) {
        chunks.push(chunk)
        const text = textOf([chunk])
        if (text !== '') question.onText?.(text)
      }
      return toldOf(chunks)
    },
    describe: (error) => {
      if (!(error instanceof ApiError)) return { className: String(error), status: undefined }
      return { className: error.constructor.name, status: error.status }
    },
  }
}

function bodyOf(question: Question): GenerateContentParameters {
  const { model, text, image, sound, before, signal, headers } = question
  const parts: Part[] = [{ text }]
  if (image !== undefined) parts.push({ inlineData: { mimeType: 'image/png', data: image } })
  if (sound !== undefined) parts.push({ inlineData: { mimeType: 'audio/wav', data: sound } })
  const contents: Content[] = [{ role: 'user', parts }]
  if (before !== undefined) {
    contents.push({ role: 'model', parts: before.turn as Part[] })
    const results = before.results.map(({ id, name, text: output }) => ({
      functionResponse: { ...(id === '' ? {} : { id }), name, response: { output } },
    }))
    contents.push({ role: 'user', parts: results.length === 0 ? [{ text: 'Go on.' }] : results })
  }
  return {
    model,
    contents,
    config: {
      systemInstruction: 'Be brief.',
      ...(signal === undefined ? {} : { abortSignal: signal }),
      ...(headers === undefined ? {} : { httpOptions: { headers } }),
      ...(question.thinks === true
        ? { thinkingConfig: { includeThoughts: true, thinkingBudget: 2000 } }
        : {}),
      ...(question.hasTools === true
        ? {
            tools: [
              {
                functionDeclarations: tools.map(({ name, description, schema }) => ({
                  name,
                  description,
                  parametersJsonSchema: schema,
                })),
              },
            ],
          }
        : {}),
      ...(question.hasSchema === true
        ? { responseMimeType: 'application/json', responseJsonSchema: answerSchema }
        : {}),
    },
  }
}

function partsOf(chunks: readonly GenerateContentResponse[]): Part[] {
  return chunks.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
}

function textOf(chunks: readonly GenerateContentResponse[]): string {
  return partsOf(chunks)
    .map(({ text, thought }) => (thought === true ? '' : (text ?? '')))
    .join('')
}

function toldOf(chunks: readonly GenerateContentResponse[]): Told {
  const parts = partsOf(chunks)
  const last = chunks.at(-1)
  return {
    text: textOf(chunks),
    calls: parts.flatMap(({ functionCall: call }) =>
      call === undefined ? [] : [{ id: call.id ?? '', name: call.name ?? '', args: call.args }],
    ),
    thought: parts.map(({ text, thought }) => (thought === true ? (text ?? '') : '')).join(''),
    refusal: '',
    stop: chunks.flatMap(({ candidates }) => candidates?.[0]?.finishReason ?? []).join(' '),
    usage: last?.usageMetadata,
    turn: parts.filter((part) => Object.values(part).some((value) => value !== '' && value !== undefined)),
  }
}
