import { AppError, type InvocationEvent } from '@ratchet/contract'
import type { ChatApi } from '../apis/client-api.ts'
import type { ModelRequest } from '../formats/chat-request.ts'
import { answerEvents } from '../neutral/answer-events.ts'
import type { ContentPart } from '../neutral/content.ts'
import type { NeutralAnswer, NeutralEvent } from '../neutral/neutral-answer.ts'
import { shownText, type AppAnswer, type AppAnswerContext, type FinishedEvent } from './app-answer.ts'

/** The messages of a request of any format, as apps take them: roles and texts. */
export function messagesOf(request: ModelRequest, api: ChatApi): unknown {
  if (api.format === 'openai-chat') return request.json['messages'] ?? []
  return api.codec.readRequest(request.json, api.path).messages.map(({ role, content }) => ({
    role: role === 'developer' ? 'system' : role,
    content: content.map(textOf).join(''),
  }))
}

function textOf(part: ContentPart): string {
  if (part.kind === 'text') return part.text
  throw new AppError('validation_failed', {
    message: `Apps take text; a message has a part of kind "${part.kind}".`,
    details: { param: 'messages' },
  })
}

/** An app's answer in any chat format that has a codec. */
export function makeNeutralAnswer(context: AppAnswerContext, request: ModelRequest, api: ChatApi): AppAnswer {
  const { id, model, createdS } = context
  const neutral = api.codec.readRequest(request.json, api.path)
  const options = { model, id, createdS, wantsUsage: context.wantsUsage, request: neutral }
  const place = { choice: 0, part: 0 } as const
  if (!request.isStream) {
    return {
      contentType: 'application/json',
      isStream: false,
      onStart: () => '',
      onEvent: () => '',
      onFinish: (event) => JSON.stringify(api.codec.writeAnswer(answerOf(context, event), options)),
      onFail: api.errorBody,
    }
  }
  const writer = api.codec.makeStreamWriter({
    ...options,
    ...(api.streamFraming === undefined ? {} : { streamFraming: api.streamFraming }),
  })
  let hasText = false
  let hasWritten = false
  const write = (events: readonly NeutralEvent[]): string => {
    const text = writer.write(events)
    hasWritten ||= text !== ''
    return text
  }
  return {
    contentType: api.streamContentType ?? 'text/event-stream; charset=utf-8',
    isStream: true,
    onStart: () => write([{ kind: 'start', id, model, createdS }]),
    onEvent: (event: InvocationEvent) => {
      if (event.type !== 'text' || event.text === '') return ''
      const delta = { kind: 'part-delta', ...place, text: event.text } as const
      if (hasText) return write([delta])
      hasText = true
      return write([{ kind: 'part-start', ...place, start: { kind: 'text' } }, delta])
    },
    onFinish: (event) => {
      const [, ...rest] = answerEvents(answerOf(context, event))
      if (!hasText) return write(rest)
      const shown = new Set(['part-start', 'part-delta'])
      return write(rest.filter(({ kind }) => !shown.has(kind)))
    },
    onFail: (error) => api.errorEvent(api.errorBody(error), hasWritten),
  }
}

function answerOf({ id, model, createdS }: AppAnswerContext, event: FinishedEvent): NeutralAnswer {
  const parts = [{ kind: 'text', text: shownText(event) }] as const
  const finish = event.finishReason === 'length' ? 'length' : 'stop'
  return {
    id,
    model,
    createdS,
    choices: [{ index: 0, parts, finish, finishRaw: event.finishReason || 'stop' }],
    usage: event.usage,
  }
}
