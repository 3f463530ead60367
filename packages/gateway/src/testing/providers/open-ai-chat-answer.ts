import type OpenAI from 'openai'
import type { AnswerScript, ScriptedUsage } from './answer-script.ts'
import { words } from './answer-script.ts'

type Chunk = OpenAI.Chat.ChatCompletionChunk
type ChunkChoice = Chunk['choices'][number]
type FinishReason = OpenAI.Chat.ChatCompletion.Choice['finish_reason']

const finishReasons: Readonly<Record<AnswerScript['finish'], FinishReason>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  refusal: 'stop',
}

/** A chat completion as OpenAI publishes it. */
export function chatAnswer(script: AnswerScript, model: string): OpenAI.Chat.ChatCompletion {
  return {
    id: 'chatcmpl-scenario',
    object: 'chat.completion',
    created: 1_790_000_000,
    model,
    choices: [
      {
        index: 0,
        finish_reason: finishReasons[script.finish],
        logprobs: null,
        message: {
          role: 'assistant',
          content: script.pieces.length === 0 ? null : script.pieces.join(''),
          refusal: script.refusal ?? null,
          ...(script.calls.length === 0
            ? {}
            : {
                tool_calls: script.calls.map(({ id, name, pieces }) => ({
                  id,
                  type: 'function' as const,
                  function: { name, arguments: pieces.join('') },
                })),
              }),
        },
      },
    ],
    usage: chatUsage(script.usage),
  }
}

/** Its chunks; the arguments of parallel calls take turns. */
export function chatChunks(script: AnswerScript, model: string, wantsUsage: boolean): string[] {
  const base = {
    id: 'chatcmpl-scenario',
    object: 'chat.completion.chunk' as const,
    created: 1_790_000_000,
    model,
  }
  const chunk = (delta: ChunkChoice['delta'], finish: ChunkChoice['finish_reason'] = null): string =>
    sse({
      ...base,
      choices: [{ index: 0, delta, finish_reason: finish, logprobs: null }],
    } satisfies Chunk)
  const texts = script.breaks === undefined ? script.pieces : script.pieces.slice(0, 2)
  const chunks = [chunk({ role: 'assistant', content: '', refusal: null })]
  for (const content of texts) chunks.push(chunk({ content }))
  if (script.breaks === 'error') chunks.push(sse({ error: chatOverloaded }))
  if (script.breaks !== undefined) return chunks
  for (const part of script.refusal?.match(/.{1,9}/g) ?? []) chunks.push(chunk({ refusal: part }))
  for (const [index, { id, name }] of script.calls.entries())
    chunks.push(chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }))
  for (const [index, piece] of interleaved(script))
    chunks.push(chunk({ tool_calls: [{ index, function: { arguments: piece } }] }))
  chunks.push(chunk({}, finishReasons[script.finish]))
  if (wantsUsage) chunks.push(sse({ ...base, choices: [], usage: chatUsage(script.usage) } satisfies Chunk))
  return [...chunks, 'data: [DONE]\n\n']
}

/** Pieces of the arguments of all calls in turns, each with the index of its call. */
export function interleaved({ calls }: AnswerScript): [number, string][] {
  const longest = Math.max(0, ...calls.map(({ pieces }) => pieces.length))
  return Array.from({ length: longest }, (_, turn) =>
    calls.flatMap(({ pieces }, index): [number, string][] => {
      const piece = pieces[turn]
      return piece === undefined ? [] : [[index, piece]]
    }),
  ).flat()
}

export function chatUsage(usage: ScriptedUsage): OpenAI.CompletionUsage {
  const input = usage.fresh + usage.cached + usage.written
  return {
    prompt_tokens: input,
    completion_tokens: usage.output,
    total_tokens: input + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cached,
      cache_write_tokens: usage.written,
      audio_tokens: 0,
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoning, audio_tokens: 0 },
  }
}

export const chatOverloaded = {
  message: words.overloaded,
  type: 'server_error',
  param: null,
  code: 'server_is_overloaded',
} as const

export function sse(json: object): string {
  return `data: ${JSON.stringify(json)}\n\n`
}
