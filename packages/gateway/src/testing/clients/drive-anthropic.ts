import Anthropic from '@anthropic-ai/sdk'
import { answerSchema, tools, type ClientDriver, type Question, type Told } from './client-driver.ts'

/** Anthropic's own library. */
export function driveAnthropic(client: Anthropic): ClientDriver {
  return {
    ask: async (question) => {
      const { signal, headers } = question
      const options = {
        ...(signal === undefined ? {} : { signal }),
        ...(headers === undefined ? {} : { headers }),
      }
      const body = bodyOf(question)
      if (!question.isStream) return toldOf(await client.messages.create(body, options))
      const stream = client.messages.stream(body, options)
      stream.on('text', (text) => question.onText?.(text))
      return toldOf(await stream.finalMessage())
    },
    describe: (error) => {
      if (!(error instanceof Anthropic.APIError)) return { className: String(error), status: undefined }
      return { className: error.constructor.name, status: error.status as number | undefined }
    },
  }
}

function bodyOf(question: Question): Anthropic.MessageCreateParamsNonStreaming {
  const { model, text, image, before } = question
  const content: Anthropic.ContentBlockParam[] = [{ type: 'text', text }]
  if (image !== undefined)
    content.push({ type: 'image', source: { type: 'base64', media_type: 'image/png', data: image } })
  const messages: Anthropic.MessageParam[] = [{ role: 'user', content }]
  if (before !== undefined) {
    messages.push({ role: 'assistant', content: before.turn as Anthropic.ContentBlock[] })
    messages.push({
      role: 'user',
      content:
        before.results.length === 0
          ? 'Go on.'
          : before.results.map(({ id, text: result }) => ({
              type: 'tool_result' as const,
              tool_use_id: id,
              content: result,
            })),
    })
  }
  return {
    model,
    max_tokens: 4096,
    system: 'Be brief.',
    messages,
    ...(question.thinks === true ? { thinking: { type: 'enabled' as const, budget_tokens: 2000 } } : {}),
    ...(question.hasTools === true
      ? {
          tools: tools.map(({ name, description, schema }) => ({
            name,
            description,
            input_schema: schema as Anthropic.Tool.InputSchema,
          })),
        }
      : {}),
    ...(question.hasSchema === true
      ? { output_config: { format: { type: 'json_schema' as const, schema: answerSchema } } }
      : {}),
  }
}

function toldOf(message: Anthropic.Message): Told {
  const { content } = message
  return {
    text: content.flatMap((block) => (block.type === 'text' ? block.text : [])).join(''),
    calls: content.flatMap((block) =>
      block.type === 'tool_use' ? [{ id: block.id, name: block.name, args: block.input }] : [],
    ),
    thought: content.flatMap((block) => (block.type === 'thinking' ? block.thinking : [])).join(''),
    refusal: '',
    stop: message.stop_reason ?? '',
    usage: message.usage,
    turn: content,
  }
}
