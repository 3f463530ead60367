import type { AppError, InvocationEvent, Source } from '@ratchet/contract'

export type FinishedEvent = Extract<InvocationEvent, { type: 'finished' }>

/** What an answer format needs to know of its call. */
export type AppAnswerContext = {
  readonly id: string
  readonly traceId: string
  readonly model: string
  readonly release: string
  readonly createdS: number
  readonly wantsUsage: boolean
}

/** Turns the events of a run into the bytes a client asked for. An empty text means: nothing to send. */
export type AppAnswer = {
  readonly contentType: string
  /** False for formats that answer all at once, at the end. */
  readonly isStream: boolean
  readonly onStart: () => string
  readonly onEvent: (event: InvocationEvent) => string
  readonly onFinish: (event: FinishedEvent, sources: readonly Source[]) => string
  /** The bytes that end a started stream with an error. */
  readonly onFail: (error: AppError) => string
}

/** The text an OpenAI client sees: what the app said, or its outputs when it said nothing. */
export function shownText(event: FinishedEvent): string {
  if (event.text !== '' || Object.keys(event.outputs).length === 0) return event.text
  return JSON.stringify(event.outputs)
}
