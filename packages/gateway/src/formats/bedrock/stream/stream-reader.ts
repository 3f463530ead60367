import type { StreamEvent, StreamReader } from '../../../neutral/codec.ts'
import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { objectField, otherFields, textField } from '../../../neutral/json-field.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from '../../parse-json.ts'
import { readStopText, readTier } from '../answer/read-answer.ts'
import { readException } from '../read-error.ts'
import { readStopReason } from '../stop-reason.ts'
import { readUsage } from '../usage.ts'
import { OpenBlock } from './open-block.ts'

const nothing: readonly NeutralEvent[] = []
const knownMetadata = new Set(['usage', 'metrics', 'serviceTier', 'p'])

/** Reads ConverseStream, `messageStart` to `metadata`; events are named by their frame. */
export function makeStreamReader(): StreamReader {
  const state = new ReaderState()
  return {
    take: (event) => state.take(event),
    finish: () => state.finish(),
    malformedEvents: () => state.malformedEvents,
  }
}

class ReaderState {
  malformedEvents = 0
  readonly #blocks = new Map<number, OpenBlock>()
  #partCount = 0
  #hasToolCalls = false
  #isStopped = false
  #isEnded = false

  take({ event: name, data }: StreamEvent): readonly NeutralEvent[] {
    const json = parseJsonOr(data)
    if (name !== undefined && (name.endsWith('Exception') || name.endsWith('Error')))
      return [{ kind: 'error', error: readException(name, json ?? data) }]
    if (!isJsonObject(json) || name === undefined) return this.#skip()
    switch (name) {
      case 'contentBlockDelta':
        return this.#delta(json)
      case 'contentBlockStart':
        return this.#blockStart(json)
      case 'contentBlockStop':
        return this.#blockStop(json)
      case 'messageStart':
        return [{ kind: 'start', id: '', model: '', createdS: 0 }]
      case 'messageStop':
        return this.#messageStop(json)
      case 'metadata':
        return this.#metadata(json)
      default:
        return [{ kind: 'other', value: { kind: 'other', format: 'bedrock', value: { [name]: json } } }]
    }
  }

  /** Usage comes after the stop; a stream that has stopped is whole even when it does not come. */
  finish(): readonly NeutralEvent[] {
    if (!this.#isStopped || this.#isEnded) return nothing
    this.#isEnded = true
    return [{ kind: 'end' }]
  }

  #skip(): readonly NeutralEvent[] {
    this.malformedEvents += 1
    return nothing
  }

  #blockStart(json: JsonObject): readonly NeutralEvent[] {
    const index = json['contentBlockIndex']
    const start = objectField(json, 'start')
    if (typeof index !== 'number' || start === undefined) return this.#skip()
    return this.#open(index, start)
  }

  /** Only calls have a start; any other block starts with its first delta. */
  #delta(json: JsonObject): readonly NeutralEvent[] {
    const index = json['contentBlockIndex']
    const delta = objectField(json, 'delta')
    if (typeof index !== 'number' || delta === undefined) return this.#skip()
    const opened = this.#blocks.has(index) ? nothing : this.#open(index, delta)
    return [...opened, ...(this.#blocks.get(index)?.takeDelta(delta) ?? nothing)]
  }

  #open(index: number, start: JsonObject): readonly NeutralEvent[] {
    const block = new OpenBlock(start, this.#partCount)
    this.#partCount += 1
    this.#blocks.set(index, block)
    if (block.kind === 'tool-call') this.#hasToolCalls = true
    return block.open()
  }

  #blockStop(json: JsonObject): readonly NeutralEvent[] {
    const index = json['contentBlockIndex']
    if (typeof index !== 'number') return this.#skip()
    const block = this.#blocks.get(index)
    this.#blocks.delete(index)
    return block?.close() ?? nothing
  }

  #messageStop(json: JsonObject): readonly NeutralEvent[] {
    this.#isStopped = true
    const word = textField(json, 'stopReason') ?? ''
    const stopSequence = readStopText(json)
    // A call of the answer's own tool is text to the client, who is told of no tool.
    const finishRaw = word === 'tool_use' && !this.#hasToolCalls ? 'end_turn' : word
    return [
      {
        kind: 'finish',
        choice: 0,
        finish: readStopReason(finishRaw),
        finishRaw,
        ...(stopSequence === undefined ? {} : { stopSequence }),
      },
    ]
  }

  #metadata(json: JsonObject): readonly NeutralEvent[] {
    const events: NeutralEvent[] = []
    const tier = readTier(json)
    const extra = otherFields(json, knownMetadata)
    if (tier !== undefined || extra !== undefined) {
      events.push({
        kind: 'answer-fields',
        from: 'bedrock',
        ...(tier === undefined ? {} : { serviceTier: tier }),
        ...(extra === undefined ? {} : { extra }),
      })
    }
    const usage = objectField(json, 'usage')
    if (usage !== undefined) events.push({ kind: 'usage', usage: readUsage(usage) })
    return [...events, ...this.finish()]
  }
}
