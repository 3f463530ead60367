import type { Usage } from '@ratchet/contract'
import type { AnswerFacts } from './chat-answer.ts'
import { isJsonObject, parseJsonOr, type JsonObject } from './parse-json.ts'
import { readUsage } from './read-usage.ts'
import { TextEvents } from './text-events.ts'

/** What one event of a chat stream is to the gateway. */
export type StreamEvent =
  | { readonly kind: 'content' | 'other' | 'done' | 'malformed' }
  /** Usage and nothing else: sent because we asked for it. */
  | { readonly kind: 'usage-only'; readonly json: JsonObject }
  | { readonly kind: 'error'; readonly error: unknown }

const done: StreamEvent = { kind: 'done' }
const content: StreamEvent = { kind: 'content' }
const other: StreamEvent = { kind: 'other' }

type ToolCall = { id: string; name: string; arguments: string }
type Choice = { text: string; readonly calls: Map<number, ToolCall> }

/** Longer answers are not collected any further; they still pass to the client whole. */
const collectChars = 1024 * 1024

/** Follows a chat stream event by event and collects what accounting and traces want. */
export class StreamFacts {
  readonly #choices = new Map<number, Choice>()
  #finishReason = ''
  #usage: Usage | undefined
  #collected = 0
  readonly #textEvents = new TextEvents()
  malformedEvents = 0

  /** True once the model has said why it stopped. */
  get isFinished(): boolean {
    return this.#finishReason !== ''
  }

  /** Takes the data of one event. */
  take(data: string): StreamEvent {
    const text = this.#textEvents.read(data)
    if (text !== undefined) return this.#takeText(text)
    if (data === '[DONE]') return done
    const json = parseJsonOr(data)
    if (!isJsonObject(json)) {
      this.malformedEvents += 1
      return { kind: 'malformed' }
    }
    if (isJsonObject(json['error']) || typeof json['error'] === 'string')
      return { kind: 'error', error: json['error'] }
    const usage = readUsage(json['usage'])
    if (usage !== undefined) this.#usage = usage
    const choices = Array.isArray(json['choices']) ? json['choices'] : []
    if (choices.length === 0 && usage !== undefined) return { kind: 'usage-only', json }
    this.#textEvents.learn(data, json)
    let hasContent = false
    for (const choice of choices) if (isJsonObject(choice) && this.#takeChoice(choice)) hasContent = true
    return hasContent ? content : other
  }

  #takeText(text: string): StreamEvent {
    if (text === '') return other
    this.#addText(this.#choiceOf(0), text)
    return content
  }

  #choiceOf(index: number): Choice {
    let known = this.#choices.get(index)
    if (known === undefined) this.#choices.set(index, (known = { text: '', calls: new Map() }))
    return known
  }

  #addText(choice: Choice, text: string): void {
    if (this.#collected >= collectChars) return
    choice.text += text
    this.#collected += text.length
  }

  facts(): AnswerFacts {
    const outputs = [...this.#choices.values()].map(outputOf)
    return {
      output: outputs.length > 1 ? JSON.stringify(outputs) : (outputs[0] ?? ''),
      finishReason: this.#finishReason,
      usage: this.#usage,
    }
  }

  #takeChoice(choice: JsonObject): boolean {
    const reason = choice['finish_reason']
    if (typeof reason === 'string' && reason !== '') this.#finishReason = reason
    const delta = choice['delta']
    if (!isJsonObject(delta)) return false
    const known = this.#choiceOf(typeof choice['index'] === 'number' ? choice['index'] : 0)
    const text = delta['content'] ?? delta['refusal']
    const hasText = typeof text === 'string' && text !== ''
    if (hasText) this.#addText(known, text)
    const calls = delta['tool_calls']
    const hasCalls = Array.isArray(calls) && calls.length > 0
    if (hasCalls) for (const call of calls) if (isJsonObject(call)) this.#takeCall(known, call)
    const reasoning = delta['reasoning_content'] ?? delta['reasoning']
    return hasText || hasCalls || (typeof reasoning === 'string' && reasoning !== '')
  }

  #takeCall(choice: Choice, call: JsonObject): void {
    const index = typeof call['index'] === 'number' ? call['index'] : 0
    let known = choice.calls.get(index)
    if (known === undefined) choice.calls.set(index, (known = { id: '', name: '', arguments: '' }))
    if (typeof call['id'] === 'string') known.id = call['id']
    const named = isJsonObject(call['function']) ? call['function'] : {}
    if (typeof named['name'] === 'string') known.name += named['name']
    if (typeof named['arguments'] === 'string' && this.#collected < collectChars) {
      known.arguments += named['arguments']
      this.#collected += named['arguments'].length
    }
  }
}

function outputOf({ text, calls }: Choice): string {
  if (calls.size === 0) return text
  const made = [...calls.values()].map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }))
  return JSON.stringify(text === '' ? { tool_calls: made } : { content: text, tool_calls: made })
}
