import type { AnswerOptions } from '../../../neutral/codec.ts'
import type { MediaPart, ReasoningPart } from '../../../neutral/content.ts'
import { toDataUrl } from '../../../neutral/media/data-url.ts'
import type { NeutralAnswer, NeutralChoice } from '../../../neutral/neutral-answer.ts'
import { customCallId, toChatCall } from '../../openai/custom-tool.ts'
import { ownAnswerFields } from '../../openai/shared-answer-fields.ts'
import type { Body } from '../../openai/writing.ts'
import type { JsonObject } from '../../parse-json.ts'
import { writeAnnotation } from '../annotation.ts'
import { nativeFinishReason, writeFinishReason } from '../finish-reason.ts'
import { writeDetail, writeTextProof } from '../reasoning-details.ts'
import { writeCallProof } from '../tool-call.ts'
import { writeUsage } from '../usage.ts'

/** Writes a whole chat completion for a client. */
export function writeAnswer(answer: NeutralAnswer, options: AnswerOptions): JsonObject {
  const usesFunctions = options.request.usesFunctions === true
  const { usage, serviceTier, extra, from } = answer
  const body: Record<string, unknown> = {
    id: answer.id === '' ? options.id : answer.id,
    object: 'chat.completion',
    created: answer.createdS === 0 ? options.createdS : answer.createdS,
    model: options.model,
    choices: answer.choices.map((choice) => writeChoice(choice, usesFunctions)),
    ...(usage === undefined ? {} : { usage: writeUsage(usage) }),
    ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
  }
  // What is ours to say stays as we say it.
  const own = ownAnswerFields(extra, from, 'openai-chat')
  for (const name in own) if (!(name in body)) body[name] = own[name]
  return body
}

function writeChoice(choice: NeutralChoice, usesFunctions: boolean): JsonObject {
  const message = new MessageWriter()
  for (const part of choice.parts) message.add(part)
  const { finish, finishRaw, index, logprobs } = choice
  const ending = { finish, finishRaw, hasToolCalls: message.hasCalls, hasRefusal: message.hasRefusal }
  const word = writeFinishReason(ending)
  return {
    ...ownFields(choice),
    index,
    message: message.finish(usesFunctions),
    logprobs: logprobs ?? null,
    finish_reason: usesFunctions && word === 'tool_calls' ? 'function_call' : word,
    ...nativeFinishReason(ending),
  }
}

/** What only this format has, such as the results of Azure's filters. */
function ownFields({ other }: NeutralChoice): JsonObject {
  return other?.format === 'openai-chat' ? other.value : {}
}

/** Gathers the parts of a choice, in any order, into the members of one message. */
class MessageWriter {
  readonly #calls: JsonObject[] = []
  readonly #annotations: JsonObject[] = []
  readonly #details: JsonObject[] = []
  readonly #images: JsonObject[] = []
  #text: string | undefined
  #refusal: string | undefined
  #thoughts = ''
  #audio: JsonObject | undefined

  get hasCalls(): boolean {
    return this.#calls.length > 0
  }

  get hasRefusal(): boolean {
    return this.#refusal !== undefined
  }

  add(part: NeutralChoice['parts'][number]): void {
    switch (part.kind) {
      case 'text': {
        const offset = this.#text?.length ?? 0
        this.#text = (this.#text ?? '') + part.text
        for (const citation of part.citations ?? []) {
          const annotation = writeAnnotation(citation, offset)
          if (annotation !== undefined) this.#annotations.push(annotation)
        }
        if (part.signature !== undefined)
          this.#details.push(writeTextProof(part.signature, this.#details.length))
        return
      }
      case 'refusal':
        this.#refusal = (this.#refusal ?? '') + part.text
        return
      case 'reasoning':
        return this.#addThought(part)
      case 'tool-call':
        this.#calls.push({
          id: part.id,
          type: 'function',
          function: { name: part.name, arguments: part.arguments === '' ? '{}' : part.arguments },
          ...(part.signature === undefined
            ? {}
            : { extra_content: writeCallProof(part.signature, part.from) }),
        })
        return
      case 'audio':
        this.#audio = writeAudio(part)
        return
      case 'image':
        this.#addImage(part)
        return
      case 'other':
        if (customCallId(part.value) !== undefined) this.#calls.push(toChatCall(part.value))
        return
      default:
        return
    }
  }

  finish(usesFunctions: boolean): JsonObject {
    const hasOther = this.hasCalls || this.hasRefusal || this.#audio !== undefined
    const message: Body = {
      role: 'assistant',
      content: this.#text ?? (hasOther ? null : ''),
      refusal: this.#refusal ?? null,
    }
    if (this.#thoughts !== '') message['reasoning_content'] = this.#thoughts
    if (this.#details.length > 0) message['reasoning_details'] = this.#details
    if (this.#annotations.length > 0) message['annotations'] = this.#annotations
    if (this.#images.length > 0) message['images'] = this.#images
    if (this.#audio !== undefined) message['audio'] = this.#audio
    if (this.hasCalls && usesFunctions) message['function_call'] = this.#calls[0]?.['function']
    else if (this.hasCalls) message['tool_calls'] = this.#calls
    return message
  }

  #addThought(part: ReasoningPart): void {
    this.#thoughts += part.text
    const detail = writeDetail(part, this.#details.length)
    if (detail !== undefined) this.#details.push(detail)
  }

  #addImage(part: MediaPart): void {
    const { source } = part
    if (source.kind !== 'base64' && source.kind !== 'url') return
    const url = source.kind === 'url' ? source.url : toDataUrl(source.mediaType, source.data)
    this.#images.push({ type: 'image_url', image_url: { url } })
  }
}

function writeAudio(part: MediaPart): JsonObject {
  const data = part.source.kind === 'base64' ? part.source.data : ''
  return { id: '', expires_at: 0, transcript: '', ...part.extra, data }
}
