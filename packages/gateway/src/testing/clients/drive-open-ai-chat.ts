import OpenAI from 'openai'
import { answerSchema, tools, type ClientDriver, type Question, type Told } from './client-driver.ts'

type Message = OpenAI.Chat.ChatCompletionMessageParam
type Part = OpenAI.Chat.ChatCompletionContentPart

/** The chat completions of the `openai` library. */
export function driveOpenAiChat(client: OpenAI): ClientDriver {
  return {
    ask: async (question) => {
      const { signal, headers } = question
      const options = {
        ...(signal === undefined ? {} : { signal }),
        ...(headers === undefined ? {} : { headers }),
      }
      const body = bodyOf(question)
      if (!question.isStream) return toldOf(await client.chat.completions.create(body, options))
      const stream = client.chat.completions.stream(
        { ...body, stream: true, stream_options: { include_usage: true } },
        options,
      )
      stream.on('content', (text) => question.onText?.(text))
      // The library puts together only what it knows.
      let thought = ''
      stream.on('chunk', ({ choices }) => {
        const delta = choices[0]?.delta as { reasoning_content?: string } | undefined
        thought += delta?.reasoning_content ?? ''
      })
      return { ...toldOf(await stream.finalChatCompletion()), thought }
    },
    describe: describeOpenAiError,
  }
}

export function describeOpenAiError(error: unknown): ReturnType<ClientDriver['describe']> {
  if (!(error instanceof OpenAI.APIError)) return { className: String(error), status: undefined }
  return { className: error.constructor.name, status: error.status as number | undefined }
}

function bodyOf(question: Question): OpenAI.Chat.ChatCompletionCreateParamsNonStreaming {
  const { model, text, image, sound, before } = question
  const content: Part[] = [{ type: 'text', text }]
  if (image !== undefined)
    content.push({ type: 'image_url', image_url: { url: `data:image/png;base64,${image}` } })
  if (sound !== undefined) content.push({ type: 'input_audio', input_audio: { data: sound, format: 'wav' } })
  const messages: Message[] = [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: content.length === 1 ? text : content },
  ]
  if (before !== undefined) {
    messages.push(before.turn as Message)
    for (const { id, text: result } of before.results)
      messages.push({ role: 'tool', tool_call_id: id, content: result })
    if (before.results.length === 0) messages.push({ role: 'user', content: 'Go on.' })
  }
  return {
    model,
    messages,
    ...(question.thinks === true ? { reasoning_effort: 'low' as const } : {}),
    ...(question.hasTools === true
      ? {
          tools: tools.map(({ name, description, schema }) => ({
            type: 'function' as const,
            function: { name, description, parameters: schema },
          })),
        }
      : {}),
    ...(question.hasSchema === true
      ? {
          response_format: {
            type: 'json_schema' as const,
            json_schema: { name: 'answer', schema: answerSchema, strict: true },
          },
        }
      : {}),
  }
}

function toldOf(completion: OpenAI.Chat.ChatCompletion): Told {
  const choice = completion.choices[0]
  const message = choice?.message
  const more = message as { reasoning_content?: string } | undefined
  return {
    text: message?.content ?? '',
    calls: (message?.tool_calls ?? []).flatMap((call) =>
      call.type === 'function'
        ? [{ id: call.id, name: call.function.name, args: JSON.parse(call.function.arguments) as unknown }]
        : [],
    ),
    thought: more?.reasoning_content ?? '',
    refusal: message?.refusal ?? '',
    stop: choice?.finish_reason ?? '',
    usage: completion.usage,
    turn: message,
  }
}
