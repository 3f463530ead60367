import fc from 'fast-check'
import type { ContentPart, FormatName, MediaPart, TextPart, ToolCallPart } from '../content.ts'
import type { FunctionTool, Message, NeutralRequest, OutputShape, ToolChoice } from '../neutral-request.ts'
import {
  anyArguments,
  anyBase64,
  anyId,
  anyJsonObject,
  anyText,
  anyToolName,
  mayBeMissing,
} from './arbitrary-words.ts'

/** What the requests of a test may hold; formats differ in it. */
export type RequestShape = {
  readonly from: FormatName
  /** Kinds of parts that a user sends besides text. */
  readonly media: readonly ('image' | 'file' | 'audio')[]
  /** Settings of the request that the format has. */
  readonly settings: readonly SettingName[]
}

type Settings = {
  readonly maxOutputTokens: number
  readonly temperature: number
  readonly topP: number
  readonly topK: number
  readonly stop: readonly string[]
  readonly seed: number
  readonly frequencyPenalty: number
  readonly presencePenalty: number
  readonly choices: number
  readonly logprobs: { readonly top: number }
  readonly output: OutputShape
  readonly user: string
  readonly serviceTier: string
  readonly store: boolean
}
export type SettingName = keyof Settings

const anyNumber = (most: number) => fc.double({ min: 0, max: most, noNaN: true }).map((value) => value + 0)

const settings: { readonly [Name in SettingName]: fc.Arbitrary<Settings[Name]> } = {
  maxOutputTokens: fc.integer({ min: 1, max: 8000 }),
  temperature: anyNumber(2),
  topP: anyNumber(1),
  topK: fc.integer({ min: 1, max: 100 }),
  stop: fc.array(anyText, { minLength: 1, maxLength: 3 }),
  seed: fc.integer(),
  frequencyPenalty: anyNumber(2),
  presencePenalty: anyNumber(2),
  choices: fc.integer({ min: 1, max: 3 }),
  logprobs: fc.record({ top: fc.integer({ min: 1, max: 5 }) }),
  output: fc.oneof(
    fc.constant<OutputShape>({ kind: 'json' }),
    fc.record({
      kind: fc.constant('json-schema' as const),
      name: anyToolName,
      schema: anyJsonObject,
      isStrict: fc.boolean(),
    }),
  ),
  user: anyId,
  serviceTier: fc.constantFrom('auto', 'flex'),
  store: fc.boolean(),
}

const textPart: fc.Arbitrary<TextPart> = anyText.map((text) => ({ kind: 'text', text }))

function mediaPart(kind: RequestShape['media'][number]): fc.Arbitrary<MediaPart> {
  const mediaType = { image: 'image/png', file: 'application/pdf', audio: 'audio/wav' }[kind]
  const inline = anyBase64.map((data): MediaPart => {
    const source = { kind: 'base64' as const, mediaType, data }
    return kind === 'file' ? { kind, source, name: 'a.pdf' } : { kind, source }
  })
  if (kind !== 'image') return inline
  const remote = anyId.map((id): MediaPart => ({
    kind,
    source: { kind: 'url', url: `https://example.com/${id}.png` },
  }))
  return fc.oneof(inline, remote)
}

function userMessage({ media }: RequestShape): fc.Arbitrary<Message> {
  const part = fc.oneof(textPart, ...media.map(mediaPart))
  return fc.array(part, { minLength: 1, maxLength: 3 }).map((content) => ({ role: 'user', content }))
}

const call: fc.Arbitrary<ToolCallPart> = fc.record({
  kind: fc.constant('tool-call' as const),
  id: anyId.map((id) => `call_${id}`),
  name: anyToolName,
  arguments: anyArguments,
})

/** What an assistant said, the tools that it called, and what they gave: one message each. */
const assistantTurn: fc.Arbitrary<readonly Message[]> = fc
  .tuple(
    fc.option(textPart, { nil: undefined }),
    fc.uniqueArray(call, { maxLength: 3, selector: ({ id }) => id }),
    anyText,
  )
  .filter(([text, calls]) => text !== undefined || calls.length > 0)
  .map(([text, calls, result]) => {
    const content: ContentPart[] = text === undefined ? [...calls] : [text, ...calls]
    const results = calls.map((made): Message => ({
      role: 'tool',
      content: [
        { kind: 'tool-result', callId: made.id, content: [{ kind: 'text', text: result }], isError: false },
      ],
    }))
    return [{ role: 'assistant', content }, ...results]
  })

function conversation(shape: RequestShape): fc.Arbitrary<readonly Message[]> {
  const system = fc.array(
    textPart.map((part): Message => ({ role: 'system', content: [part] })),
    { maxLength: 2 },
  )
  const turns = fc.array(fc.tuple(userMessage(shape), assistantTurn), { maxLength: 2 })
  return fc
    .tuple(system, turns, userMessage(shape))
    .map(([first, middle, last]) => [
      ...first,
      ...middle.flatMap(([user, answer]) => [user, ...answer]),
      last,
    ])
}

const tool: fc.Arbitrary<FunctionTool> = fc
  .tuple(
    fc.record({ kind: fc.constant('function' as const), name: anyToolName, schema: anyJsonObject }),
    fc.record({ description: anyText, isStrict: fc.boolean() }, mayBeMissing),
  )
  .map(([head, rest]) => ({ ...head, ...rest }))

function choiceAmong(tools: readonly FunctionTool[]): fc.Arbitrary<ToolChoice | undefined> {
  const name = tools[0]?.name
  if (name === undefined) return fc.constant(undefined)
  return fc.constantFrom<ToolChoice | undefined>(
    undefined,
    { kind: 'auto' },
    { kind: 'none' },
    { kind: 'required' },
    { kind: 'tool', name },
  )
}

const tooling = fc
  .uniqueArray(tool, { maxLength: 3, selector: ({ name }) => name })
  .chain((tools) =>
    choiceAmong(tools).map((toolChoice) => ({ tools, ...(toolChoice === undefined ? {} : { toolChoice }) })),
  )

function settingsOf(names: readonly SettingName[]): fc.Arbitrary<Partial<Settings>> {
  const chosen = Object.fromEntries(names.map((name) => [name, settings[name]])) as Partial<typeof settings>
  return fc.record(chosen, mayBeMissing) as fc.Arbitrary<Partial<Settings>>
}

/** A whole request of a client of the format: tools are called before they answer, in order. */
export function arbitraryRequest(shape: RequestShape): fc.Arbitrary<NeutralRequest> {
  return fc
    .tuple(conversation(shape), tooling, settingsOf(shape.settings), fc.boolean())
    .map(([messages, tools, chosen, isStream]) => ({
      from: shape.from,
      model: 'connection/model',
      messages,
      isStream,
      wantsUsage: isStream,
      extra: {},
      ...tools,
      ...chosen,
    }))
}
