import type OpenAI from 'openai'
import type { AnswerScript } from './answer-script.ts'
import { words } from './answer-script.ts'
import { interleaved } from './open-ai-chat-answer.ts'

type Item = OpenAI.Responses.ResponseOutputItem
type StreamEvent = OpenAI.Responses.ResponseStreamEvent
/** Without its number, which is counted when it is written. */
type Unnumbered = StreamEvent extends infer One
  ? One extends StreamEvent
    ? Omit<One, 'sequence_number'>
    : never
  : never

/** The items of an answer, in their order. */
function itemsOf(script: AnswerScript): Item[] {
  const items: Item[] = []
  if (script.thought !== undefined)
    items.push({
      id: 'rs_1',
      type: 'reasoning',
      summary: [{ type: 'summary_text', text: script.thought.text }],
      encrypted_content: script.thought.signature,
    })
  const text = script.pieces.join('')
  if (text !== '' || script.refusal !== undefined)
    items.push({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      status: 'completed',
      content: [
        script.refusal === undefined
          ? { type: 'output_text', text, annotations: [] }
          : { type: 'refusal', refusal: script.refusal },
      ],
    })
  for (const [index, { id, name, pieces }] of script.calls.entries())
    items.push({
      id: `fc_${index}`,
      type: 'function_call',
      call_id: id,
      name,
      arguments: pieces.join(''),
      status: 'completed',
    })
  return items
}

/** A response as OpenAI publishes it; `output_text` is made by its SDK. */
export function responsesAnswer(
  script: AnswerScript,
  model: string,
): Omit<OpenAI.Responses.Response, 'output_text'> {
  const { usage } = script
  const input = usage.fresh + usage.cached + usage.written
  return {
    ...emptyResponse(model),
    status: script.finish === 'length' ? 'incomplete' : 'completed',
    incomplete_details: script.finish === 'length' ? { reason: 'max_output_tokens' } : null,
    output: itemsOf(script),
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: usage.cached, cache_write_tokens: usage.written },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: usage.reasoning },
      total_tokens: input + usage.output,
    },
  }
}

function emptyResponse(model: string): Omit<OpenAI.Responses.Response, 'output_text'> {
  return {
    id: 'resp_scenario',
    object: 'response',
    created_at: 1_790_000_000,
    status: 'in_progress',
    access_programs: null,
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model,
    output: [],
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
  }
}

/** Its events; the arguments of parallel calls take turns. */
export function responsesEvents(script: AnswerScript, model: string): string[] {
  const events: Unnumbered[] = []
  const begun = emptyResponse(model) as OpenAI.Responses.Response
  events.push(
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
  )
  const items = itemsOf(script)
  const calls = items.length - script.calls.length
  for (const [index, item] of items.slice(0, calls).entries()) {
    if (item.type === 'reasoning') addReasoning(events, item, index)
    if (item.type === 'message') addMessage(events, item, index, script)
  }
  if (script.breaks === undefined) {
    for (const [index, item] of items.slice(calls).entries())
      if (item.type === 'function_call')
        events.push({
          type: 'response.output_item.added',
          output_index: calls + index,
          item: { ...item, arguments: '', status: 'in_progress' },
        })
    for (const [index, delta] of interleaved(script))
      events.push({
        type: 'response.function_call_arguments.delta',
        item_id: `fc_${index}`,
        output_index: calls + index,
        delta,
      })
    for (const [index, item] of items.slice(calls).entries()) {
      if (item.type !== 'function_call') continue
      const { arguments: written } = item
      const place = { item_id: `fc_${index}`, output_index: calls + index }
      events.push(
        { type: 'response.function_call_arguments.done', ...place, arguments: written },
        { type: 'response.output_item.done', output_index: calls + index, item },
      )
    }
    const response = responsesAnswer(script, model) as OpenAI.Responses.Response
    events.push(
      script.finish === 'length'
        ? { type: 'response.incomplete', response }
        : { type: 'response.completed', response },
    )
  } else if (script.breaks === 'error')
    events.push({ type: 'error', code: 'server_is_overloaded', message: words.overloaded, param: null })
  return events.map((event, number) => {
    const numbered = { ...event, sequence_number: number }
    return `event: ${event.type}\ndata: ${JSON.stringify(numbered)}\n\n`
  })
}

function addReasoning(
  events: Unnumbered[],
  item: OpenAI.Responses.ResponseReasoningItem,
  index: number,
): void {
  const place = { item_id: item.id, output_index: index, summary_index: 0 }
  const text = item.summary[0]?.text ?? ''
  events.push(
    {
      type: 'response.output_item.added',
      output_index: index,
      item: { id: item.id, type: 'reasoning', summary: [] },
    },
    { type: 'response.reasoning_summary_part.added', ...place, part: { type: 'summary_text', text: '' } },
    { type: 'response.reasoning_summary_text.delta', ...place, delta: text },
    { type: 'response.reasoning_summary_text.done', ...place, text },
    { type: 'response.reasoning_summary_part.done', ...place, part: { type: 'summary_text', text } },
    { type: 'response.output_item.done', output_index: index, item },
  )
}

function addMessage(
  events: Unnumbered[],
  item: OpenAI.Responses.ResponseOutputMessage,
  index: number,
  script: AnswerScript,
): void {
  const place = { item_id: item.id, output_index: index, content_index: 0 }
  const part = item.content[0]
  if (part === undefined) return
  const empty =
    part.type === 'refusal'
      ? ({ type: 'refusal', refusal: '' } as const)
      : ({ type: 'output_text', text: '', annotations: [] } as OpenAI.Responses.ResponseOutputText)
  events.push(
    {
      type: 'response.output_item.added',
      output_index: index,
      item: { ...item, content: [], status: 'in_progress' },
    },
    { type: 'response.content_part.added', ...place, part: empty },
  )
  if (part.type === 'refusal') {
    events.push(
      { type: 'response.refusal.delta', ...place, delta: part.refusal },
      { type: 'response.refusal.done', ...place, refusal: part.refusal },
    )
  } else {
    const pieces = script.breaks === undefined ? script.pieces : script.pieces.slice(0, 2)
    for (const delta of pieces)
      events.push({ type: 'response.output_text.delta', ...place, delta, logprobs: [] })
    if (script.breaks !== undefined) return
    events.push({ type: 'response.output_text.done', ...place, text: part.text, logprobs: [] })
  }
  events.push(
    { type: 'response.content_part.done', ...place, part },
    { type: 'response.output_item.done', output_index: index, item },
  )
}
