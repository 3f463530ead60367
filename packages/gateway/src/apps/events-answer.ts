import type { AppAnswer, AppAnswerContext } from './app-answer.ts'

/** NDJSON of our own events, for callers that want every step: `x-ratchet-format: events`. */
export function makeEventsAnswer({ traceId, model, release }: AppAnswerContext): AppAnswer {
  return {
    contentType: 'application/x-ndjson',
    isStream: true,
    onStart: () => toLine({ type: 'started', traceId, model, release }),
    onEvent: toLine,
    onFinish: toLine,
    onFail: ({ code, message, details }) => toLine({ type: 'failed', error: { code, message, details } }),
  }
}

function toLine(event: object): string {
  return `${JSON.stringify(event)}\n`
}
