/** One question as every client can ask it. */
export type Question = {
  readonly model: string
  readonly isStream: boolean
  readonly text: string
  /** Offers the tools `get_weather` and `get_time`. */
  readonly hasTools?: boolean
  /** Asks for JSON of {@link answerSchema}. */
  readonly hasSchema?: boolean
  /** Base64 of a PNG. */
  readonly image?: string
  /** Base64 of a WAV. */
  readonly sound?: string
  readonly thinks?: boolean
  /** An earlier answer of the same client, and what its calls gave. */
  readonly before?: { readonly turn: unknown; readonly results: readonly ToolResult[] }
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
  /** Told each piece of text as it comes. */
  readonly onText?: (text: string) => void
}

export type ToolResult = { readonly id: string; readonly name: string; readonly text: string }

/** What the user of a client gets. */
export type Told = {
  readonly text: string
  readonly calls: readonly { readonly id: string; readonly name: string; readonly args: unknown }[]
  readonly thought: string
  readonly refusal: string
  /** In the client's own words. */
  readonly stop: string
  /** In the client's own form. */
  readonly usage: object | undefined
  /** The answer as the client sends it back. */
  readonly turn: unknown
}

/** An unmodified client library. */
export type ClientDriver = {
  readonly ask: (question: Question) => Promise<Told>
  /** Whether a failure is the class of errors that users of the library catch, with its status when it has one. */
  readonly describe: (error: unknown) => { readonly className: string; readonly status: number | undefined }
}

export const clientNames = ['openai chat', 'openai responses', 'anthropic', 'google genai'] as const
export type ClientName = (typeof clientNames)[number]

export const answerSchema = {
  type: 'object',
  properties: { city: { type: 'string' }, days: { type: 'array', items: { type: 'number' } } },
  required: ['city', 'days'],
  additionalProperties: false,
}

export const weatherTool = {
  name: 'get_weather',
  description: 'Weather of a city.',
  schema: {
    type: 'object',
    properties: {
      city: { type: 'string' },
      days: { type: 'array', items: { type: 'number' } },
    },
    required: ['city'],
  },
}

export const timeTool = {
  name: 'get_time',
  description: 'Time of a zone.',
  schema: { type: 'object', properties: { zone: { type: 'string' } } },
}

export const tools = [weatherTool, timeTool]
