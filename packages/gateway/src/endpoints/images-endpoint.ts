import type { ChatApi, Endpoint } from '../apis/client-api.ts'
import type { Exchange } from '../calls/exchange.ts'
import { handleEndpoint } from '../calls/handle-model-request.ts'
import type { AnswerFacts } from '../formats/chat-answer.ts'
import { forwardBody } from '../formats/chat-request.ts'
import {
  imageUsage,
  readImageAnswer,
  readImageEvent,
  readImageRequest,
  type ImageFacts,
} from '../formats/images/index.ts'
import type { JsonObject } from '../formats/parse-json.ts'
import { PassPlainSink } from '../sinks/pass-plain.ts'
import { PassStreamSink } from '../sinks/pass-stream.ts'
import { askEndpoint, endpointPath, requireEndpoint } from './ask-endpoint.ts'
import { handleForm, startForm } from './form-endpoint.ts'
import { eventsApi, eventTap } from './event-tap.ts'

/** `POST /v1/images/generations`. */
export function handleImages(exchange: Exchange): void {
  handleEndpoint(exchange, generations, { inputField: 'prompt' })
}

/** `POST /v1/images/edits`: a form with the picture to change. */
export function handleImageEdits(exchange: Exchange): void {
  handleForm(exchange, edits, 'image')
}

/** `POST /v1/images/variations`. */
export function handleImageVariations(exchange: Exchange): void {
  handleForm(exchange, variations, 'image')
}

const generations = makeApi((run, owner) => {
  const { target } = run.candidate
  const { connection, model } = target
  requireEndpoint(target, 'images', 'pictures')
  const path = endpointPath(connection, { model, endpoint: 'images', call: 'images/generations' })
  const body = forwardBody(owner.request, model, false)
  return askEndpoint(run, owner, { calls: [{ path, body }], format: 'openai-chat' })
}, true)
const edits = makeApi(startForm('images', 'images/edits', 'pictures'), false)
const variations = makeApi(startForm('images', 'images/variations', 'pictures'), false)

/** OpenAI's pictures: bytes pass, whole or as events. */
function makeApi(start: Endpoint['start'], isJson: boolean): ChatApi {
  return {
    ...eventsApi,
    kind: 'images',
    check: ({ json }) => {
      if (isJson) readImageRequest(json)
    },
    makeTap: () =>
      eventTap((event) => {
        const facts = readImageEvent(event)
        return facts && answerFacts(facts, event)
      }),
    endpoint: {
      start,
      makeSink: (host, attempt) =>
        attempt.contentType.includes('event-stream')
          ? new PassStreamSink(host, attempt)
          : new PassPlainSink(host, attempt, (bytes) => {
              const facts = readImageAnswer(bytes)
              return facts && answerFacts(facts, host.request.json)
            }),
    },
  }
}

function answerFacts(facts: ImageFacts, request: JsonObject): AnswerFacts {
  const { count, size, quality } = facts
  const output = JSON.stringify({ pictures: count, size, quality })
  return { output, finishReason: '', usage: imageUsage(facts, request) }
}
