import type Anthropic from '@anthropic-ai/sdk'
import type { AnswerScript, ScriptedUsage } from './answer-script.ts'
import { words } from './answer-script.ts'

const stopReasons: Readonly<Record<AnswerScript['finish'], Anthropic.StopReason>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  refusal: 'refusal',
}

function blocksOf(script: AnswerScript): Anthropic.ContentBlock[] {
  const text = script.pieces.join('')
  return [
    ...(script.thought === undefined
      ? []
      : [{ type: 'thinking' as const, thinking: script.thought.text, signature: script.thought.signature }]),
    ...(text === '' ? [] : [{ type: 'text' as const, text, citations: null }]),
    ...(script.refusal === undefined
      ? []
      : [{ type: 'text' as const, text: script.refusal, citations: null }]),
    ...script.calls.map(({ id, name, pieces }) => ({
      type: 'tool_use' as const,
      id,
      name,
      input: JSON.parse(pieces.join('')) as unknown,
      caller: { type: 'direct' as const },
    })),
  ]
}

/** A message as Anthropic publishes it. */
export function anthropicAnswer(script: AnswerScript, model: string): Anthropic.Message {
  return {
    ...emptyMessage(model, script.usage),
    content: blocksOf(script),
    stop_reason: stopReasons[script.finish],
    usage: usageOf(script.usage),
  }
}

function emptyMessage(model: string, usage: ScriptedUsage): Anthropic.Message {
  return {
    id: 'msg_scenario',
    type: 'message',
    role: 'assistant',
    model,
    container: null,
    content: [],
    diagnostics: null,
    stop_details: null,
    stop_reason: null,
    stop_sequence: null,
    usage: { ...usageOf(usage), output_tokens: 1, output_tokens_details: null },
  }
}

function usageOf(usage: ScriptedUsage): Anthropic.Usage {
  return {
    input_tokens: usage.fresh,
    cache_creation: { ephemeral_5m_input_tokens: usage.written, ephemeral_1h_input_tokens: 0 },
    cache_creation_input_tokens: usage.written,
    cache_read_input_tokens: usage.cached,
    inference_geo: null,
    output_tokens: usage.output,
    output_tokens_details: usage.reasoning === 0 ? null : { thinking_tokens: usage.reasoning },
    server_tool_use: null,
    service_tier: 'standard',
    speed: null,
  }
}

/** Its events: blocks one after the other, and totals at the end that replace those of the start. */
export function anthropicEvents(script: AnswerScript, model: string): string[] {
  const events: Anthropic.RawMessageStreamEvent[] = [
    { type: 'message_start', message: emptyMessage(model, script.usage) },
  ]
  for (const [index, block] of blocksOf(script).entries()) {
    const delta = (of: Anthropic.RawContentBlockDelta): void =>
      void events.push({ type: 'content_block_delta', index, delta: of })
    if (block.type === 'text') {
      events.push({ type: 'content_block_start', index, content_block: { ...block, text: '' } })
      const pieces = script.pieces.length === 0 ? [block.text] : script.pieces
      for (const text of script.breaks === undefined ? pieces : pieces.slice(0, 2))
        delta({ type: 'text_delta', text })
      if (script.breaks !== undefined) break
    } else if (block.type === 'thinking') {
      events.push({
        type: 'content_block_start',
        index,
        content_block: { ...block, thinking: '', signature: '' },
      })
      for (const thinking of block.thinking.match(/.{1,9}/g) ?? [])
        delta({ type: 'thinking_delta', thinking })
      delta({ type: 'signature_delta', signature: block.signature })
    } else if (block.type === 'tool_use') {
      events.push({ type: 'content_block_start', index, content_block: { ...block, input: {} } })
      const call = script.calls.find(({ id }) => id === block.id)
      for (const piece of ['', ...(call?.pieces ?? [])])
        delta({ type: 'input_json_delta', partial_json: piece })
    }
    events.push({ type: 'content_block_stop', index })
  }
  const written = events.map((event) => sse(event.type, event))
  written.splice(1, 0, sse('ping', { type: 'ping' }))
  if (script.breaks === 'error') written.push(sse('error', overloaded))
  if (script.breaks !== undefined) return written
  const { usage } = script
  const last: Anthropic.RawMessageStreamEvent[] = [
    {
      type: 'message_delta',
      delta: {
        container: null,
        stop_details: null,
        stop_reason: stopReasons[script.finish],
        stop_sequence: null,
      },
      usage: {
        cache_creation_input_tokens: usage.written,
        cache_read_input_tokens: usage.cached,
        input_tokens: usage.fresh,
        output_tokens: usage.output,
        output_tokens_details: usage.reasoning === 0 ? null : { thinking_tokens: usage.reasoning },
        server_tool_use: null,
      },
    },
    { type: 'message_stop' },
  ]
  return [...written, ...last.map((event) => sse(event.type, event))]
}

export const overloaded: Anthropic.ErrorResponse = {
  type: 'error',
  request_id: 'req-of-provider',
  error: { type: 'overloaded_error', message: words.overloaded },
}

function sse(type: string, json: object): string {
  return `event: ${type}\ndata: ${JSON.stringify(json)}\n\n`
}
