import type OpenAI from 'openai'
import { answerSchema, tools, type ClientDriver, type Question, type Told } from './client-driver.ts'
import { describeOpenAiError } from './drive-open-ai-chat.ts'

type Input = OpenAI.Responses.ResponseInputItem
type Content = OpenAI.Responses.ResponseInputContent

/** The responses of the `openai` library, without a store. */
export function driveOpenAiResponses(client: OpenAI): ClientDriver {
  return {
    ask: async (question) => {
      const { signal, headers } = question
      const options = {
        ...(signal === undefined ? {} : { signal }),
        ...(headers === undefined ? {} : { headers }),
      }
      const body = bodyOf(question)
      if (!question.isStream) return toldOf(await client.responses.create(body, options))
      const stream = client.responses.stream({ ...body, stream: true }, options)
      stream.on('response.output_text.delta', ({ delta }) => question.onText?.(delta))
      return toldOf(await stream.finalResponse())
    },
    describe: describeOpenAiError,
  }
}

function bodyOf(question: Question): OpenAI.Responses.ResponseCreateParamsNonStreaming {
  const { model, text, image, before } = question
  const content: Content[] = [{ type: 'input_text', text }]
  if (image !== undefined)
    content.push({ type: 'input_image', image_url: `data:image/png;base64,${image}`, detail: 'auto' })
  const input: Input[] = [{ role: 'user', content }]
  if (before !== undefined) {
    input.push(...(before.turn as Input[]))
    for (const { id, text: output } of before.results)
      input.push({ type: 'function_call_output', call_id: id, output })
    if (before.results.length === 0) input.push({ role: 'user', content: 'Go on.' })
  }
  return {
    model,
    input,
    instructions: 'Be brief.',
    store: false,
    ...(question.thinks === true
      ? {
          reasoning: { effort: 'low' as const, summary: 'auto' as const },
          include: ['reasoning.encrypted_content' as const],
        }
      : {}),
    ...(question.hasTools === true
      ? {
          tools: tools.map(({ name, description, schema }) => ({
            type: 'function' as const,
            name,
            description,
            parameters: schema,
            strict: false,
          })),
        }
      : {}),
    ...(question.hasSchema === true
      ? {
          text: {
            format: { type: 'json_schema' as const, name: 'answer', schema: answerSchema, strict: true },
          },
        }
      : {}),
  }
}

function toldOf(response: OpenAI.Responses.Response): Told {
  const { output } = response
  const messages = output.flatMap((item) => (item.type === 'message' ? item.content : []))
  return {
    text: response.output_text,
    calls: output.flatMap((item) =>
      item.type === 'function_call'
        ? [{ id: item.call_id, name: item.name, args: JSON.parse(item.arguments) as unknown }]
        : [],
    ),
    thought: output
      .flatMap((item) => (item.type === 'reasoning' ? item.summary.map(({ text }) => text) : []))
      .join(''),
    refusal: messages.flatMap((part) => (part.type === 'refusal' ? part.refusal : [])).join(''),
    stop: response.incomplete_details?.reason ?? response.status ?? '',
    usage: response.usage,
    turn: output,
  }
}
