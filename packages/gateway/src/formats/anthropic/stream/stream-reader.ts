import type { StreamEvent, StreamReader } from '../../../neutral/codec.ts'
import type { NeutralEvent, NeutralUsage } from '../../../neutral/neutral-answer.ts'
import { objectField, textField } from '../../../neutral/json-field.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../../parse-json.ts'
import { readExtra } from '../answer/read-answer.ts'
import { readError } from '../error/read-error.ts'
import { readStopReason } from '../stop-reason.ts'
import { readUsage, usageExtra } from '../usage.ts'
import { openBlock, type OpenBlock } from './open-block.ts'

const nothing: readonly NeutralEvent[] = []

/** Reads `message_start` to `message_stop`. */
export function makeStreamReader(): StreamReader {
  const state = new ReaderState()
  return {
    take: (event) => state.take(event),
    finish: () => nothing,
    malformedEvents: () => state.malformedEvents,
  }
}

class ReaderState {
  malformedEvents = 0
  /** By Anthropic's index. */
  readonly #blocks = new Map<number, OpenBlock>()
  #partCount = 0
  #hasToolCalls = false
  #usage: NeutralUsage | undefined
  /** What the message has counted besides tokens. */
  #otherCounts: JsonObject | undefined

  take({ data, event: name }: StreamEvent): readonly NeutralEvent[] {
    const event = parseJsonOr(data)
    const type = isJsonObject(event) ? (textField(event, 'type') ?? name) : undefined
    if (!isJsonObject(event) || type === undefined) return this.#skip()
    switch (type) {
      case 'content_block_delta':
        return this.#delta(event)
      case 'content_block_start':
        return this.#blockStart(event)
      case 'content_block_stop':
        return this.#blockStop(event)
      case 'message_start':
        return this.#start(event)
      case 'message_delta':
        return this.#messageDelta(event)
      case 'message_stop':
        return [{ kind: 'end' }]
      case 'ping':
        return [{ kind: 'ping' }]
      case 'error':
        return [{ kind: 'error', error: readError(200, event) }]
      default:
        return [{ kind: 'other', value: { kind: 'other', format: 'anthropic', value: event } }]
    }
  }

  #skip(): readonly NeutralEvent[] {
    this.malformedEvents += 1
    return nothing
  }

  #start(event: JsonObject): readonly NeutralEvent[] {
    const message = objectField(event, 'message')
    if (message === undefined) return this.#skip()
    const id = textField(message, 'id') ?? ''
    const model = textField(message, 'model') ?? ''
    const events: NeutralEvent[] = [{ kind: 'start', id, model, createdS: 0 }]
    const usage = objectField(message, 'usage')
    const extra = this.#extra(message, usage)
    const tier = usage === undefined ? undefined : textField(usage, 'service_tier')
    if (extra !== undefined || tier !== undefined) {
      events.push({
        kind: 'answer-fields',
        from: 'anthropic',
        ...(tier === undefined ? {} : { serviceTier: tier }),
        ...(extra === undefined ? {} : { extra }),
      })
    }
    if (usage !== undefined) events.push(this.#count(usage))
    return events
  }

  #blockStart(event: JsonObject): readonly NeutralEvent[] {
    const index = event['index']
    const block = objectField(event, 'content_block')
    if (typeof index !== 'number' || block === undefined) return this.#skip()
    const opened = openBlock(block, this.#partCount)
    if (opened === undefined) return this.#skip()
    this.#partCount += 1
    this.#blocks.set(index, opened.block)
    if (opened.block.kind === 'tool-call') this.#hasToolCalls = true
    return opened.events
  }

  #delta(event: JsonObject): readonly NeutralEvent[] {
    const index = event['index']
    const delta = objectField(event, 'delta')
    const block = typeof index === 'number' ? this.#blocks.get(index) : undefined
    if (block === undefined || delta === undefined) return this.#skip()
    return (
      block.takeDelta(delta) ?? [
        { kind: 'other', value: { kind: 'other', format: 'anthropic', value: event } },
      ]
    )
  }

  #blockStop(event: JsonObject): readonly NeutralEvent[] {
    const index = event['index']
    const block = typeof index === 'number' ? this.#blocks.get(index) : undefined
    if (block === undefined || typeof index !== 'number') return this.#skip()
    this.#blocks.delete(index)
    return block.close()
  }

  #messageDelta(event: JsonObject): readonly NeutralEvent[] {
    const events: NeutralEvent[] = []
    const delta = objectField(event, 'delta')
    const usage = objectField(event, 'usage')
    const extra = this.#extra(withoutEnding(delta), usage)
    if (extra !== undefined) events.push({ kind: 'answer-fields', from: 'anthropic', extra })
    if (usage !== undefined) events.push(this.#count(usage))
    const word = delta === undefined ? undefined : textField(delta, 'stop_reason')
    if (delta === undefined || word === undefined) return events
    const stopSequence = textField(delta, 'stop_sequence')
    // A call of the answer's own tool is text to the client, who is told of no tool.
    const finishRaw = word === 'tool_use' && !this.#hasToolCalls ? 'end_turn' : word
    events.push({
      kind: 'finish',
      choice: 0,
      finish: readStopReason(finishRaw),
      finishRaw,
      ...(stopSequence === undefined ? {} : { stopSequence }),
    })
    return events
  }

  #extra(fields: JsonObject, usage: JsonObject | undefined): JsonObject | undefined {
    const extra = readExtra(fields, usage)
    const counts = extra?.[usageExtra]
    if (!isJsonObject(counts)) return extra
    this.#otherCounts = { ...this.#otherCounts, ...counts }
    return { ...extra, [usageExtra]: this.#otherCounts }
  }

  /** Counts are totals of the whole message: later ones replace earlier ones (A4.31). */
  #count(usage: JsonObject): NeutralEvent {
    this.#usage = readUsage(usage, this.#usage)
    return { kind: 'usage', usage: this.#usage }
  }
}

function withoutEnding(delta: JsonObject | undefined): JsonObject {
  if (delta === undefined) return {}
  const { stop_reason: _reason, stop_sequence: _sequence, ...rest } = delta
  return rest
}
