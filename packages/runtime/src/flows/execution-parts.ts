import type { ChatMessage, InvocationEvent, SpanRecord, Source, Usage } from '@ratchet/contract'

/** The span that a call belongs under. */
export type Parent = { readonly traceId: string; readonly spanId: string }

export type ModelCall = {
  /** `connection/model`. */
  readonly model: string
  readonly messages: readonly ChatMessage[]
  /** Passed to the provider as they are: temperature, response_format, … */
  readonly parameters: Readonly<Record<string, unknown>>
  readonly parent: Parent
  readonly signal: AbortSignal
  /** Called for each piece of text as it arrives. */
  readonly onText?: ((text: string) => void) | undefined
}

export type ModelAnswer = {
  readonly text: string
  /** Calls of tools that the model asks for, in OpenAI's form; empty when it answered with text. */
  readonly toolCalls: readonly unknown[]
  readonly finishReason: string
  readonly usage: Usage
  /** What the gateway says the call cost, in nano-dollars; absent when it does not say. */
  readonly costNano?: number | undefined
  /** False when no price is known for the model: `costNano` then says nothing. */
  readonly costKnown?: boolean | undefined
}

export type RetrieveCall = {
  readonly index: string
  readonly query: string
  readonly top: number
  readonly mode: 'hybrid' | 'bm25' | 'vector'
  readonly parent: Parent
  readonly signal: AbortSignal
}

export type ToolCall = {
  /** Path of the tool's file in the release. */
  readonly file: string
  readonly inputs: Readonly<Record<string, unknown>>
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** What a span of a step says; the executor's parts add project, release, caller and ids. */
export type StepSpan = Pick<
  SpanRecord,
  | 'spanId'
  | 'parentSpanId'
  | 'name'
  | 'type'
  | 'startUs'
  | 'durationUs'
  | 'firstTokenUs'
  | 'status'
  | 'errorCode'
  | 'errorMessage'
  | 'input'
  | 'output'
> & {
  readonly prompt?: string
  readonly model?: string
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** Everything a flow needs of the outside world, passed in: the runner speaks HTTP, tests do not. */
export type ExecutionParts = {
  readonly callModel: (call: ModelCall) => Promise<ModelAnswer>
  readonly retrieve: (call: RetrieveCall) => Promise<Source[]>
  readonly runTool: (call: ToolCall) => Promise<unknown>
  readonly emit: (event: InvocationEvent) => void
  readonly recordSpan: (span: StepSpan) => void
  readonly newSpanId: () => string
  /** Microseconds since 1970. */
  readonly nowUs: () => number
}

/** One invocation of an app's entry. */
export type ExecutionRequest = {
  readonly messages: readonly ChatMessage[]
  readonly inputs: Readonly<Record<string, unknown>>
  /** Path of a flow or prompt of the release; the app's own entry when absent. */
  readonly entry?: string | undefined
  readonly parent: Parent
  readonly signal: AbortSignal
}
