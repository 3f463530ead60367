import type { Source } from '@ratchet/contract'
import { toOpenAiError } from '../http/open-ai-error.ts'
import { shownText, type AppAnswer, type AppAnswerContext, type FinishedEvent } from './app-answer.ts'
import { citeSources } from './cite-sources.ts'

/** A chat completion all at once. */
export function makeCompletionAnswer(context: AppAnswerContext): AppAnswer {
  return {
    contentType: 'application/json',
    isStream: false,
    onStart: () => '',
    onEvent: () => '',
    onFinish: (event, sources) => {
      const content = shownText(event)
      const message = {
        role: 'assistant',
        content,
        refusal: null,
        annotations: citeSources(content, sources),
      }
      return JSON.stringify({
        ...baseOf(context),
        object: 'chat.completion',
        choices: [{ index: 0, message, logprobs: null, finish_reason: event.finishReason || 'stop' }],
        usage: usageOf(event),
        ratchet: extensionOf(context, event, sources),
      })
    },
    onFail: (error) => JSON.stringify(toOpenAiError(error)),
  }
}

/** The events of a streamed chat completion. */
export function makeChunksAnswer(context: AppAnswerContext): AppAnswer {
  let hasText = false
  const base = { ...baseOf(context), object: 'chat.completion.chunk' }
  const toChunk = (delta: object, finish_reason: string | null, more: object = {}) =>
    toEvent({ ...base, choices: [{ index: 0, delta, logprobs: null, finish_reason }], ...more })
  return {
    contentType: 'text/event-stream; charset=utf-8',
    isStream: true,
    onStart: () => toChunk({ role: 'assistant', content: '' }, null),
    onEvent: (event) => {
      if (event.type !== 'text' || event.text === '') return ''
      hasText = true
      return toChunk({ content: event.text }, null)
    },
    onFinish: (event, sources) => {
      const text = shownText(event)
      const late = hasText || text === '' ? '' : toChunk({ content: text }, null)
      const last = toChunk({ annotations: citeSources(text, sources) }, event.finishReason || 'stop', {
        ratchet: extensionOf(context, event, sources),
      })
      const usage = context.wantsUsage ? toEvent({ ...base, choices: [], usage: usageOf(event) }) : ''
      return `${late}${last}${usage}data: [DONE]\n\n`
    },
    onFail: (error) => toEvent(toOpenAiError(error)),
  }
}

function toEvent(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`
}

function baseOf({ id, createdS, model }: AppAnswerContext) {
  return { id, created: createdS, model }
}

function usageOf({ usage }: FinishedEvent) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedInputTokens },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  }
}

function extensionOf(
  { traceId, release }: AppAnswerContext,
  event: FinishedEvent,
  sources: readonly Source[],
) {
  return { traceId, release, sources, outputs: event.outputs, costNano: event.costNano }
}
