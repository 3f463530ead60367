import type { ChatApi } from '../apis/client-api.ts'
import type { Exchange } from '../calls/exchange.ts'
import { handleEndpoint } from '../calls/handle-model-request.ts'
import { readSpeechEvent, readSpeechRequest, speechUsage } from '../formats/audio/index.ts'
import { forwardBody } from '../formats/chat-request.ts'
import { PassStreamSink } from '../sinks/pass-stream.ts'
import { askEndpoint, endpointPath, requireEndpoint } from './ask-endpoint.ts'
import { BytesSink } from './bytes-sink.ts'
import { eventsApi, eventTap } from './event-tap.ts'

/** OpenAI's speech: sound passes as it comes, or events with pieces of it. */
const speechApi: ChatApi = {
  ...eventsApi,
  kind: 'speech',
  check: ({ json }) => void readSpeechRequest(json),
  makeTap: () =>
    eventTap((event) => {
      const usage = readSpeechEvent(event)
      return usage && { output: '{"events":true}', finishReason: '', usage }
    }),
  endpoint: {
    start: (run, owner) => {
      const { target } = run.candidate
      const { connection, model } = target
      requireEndpoint(target, 'speech', 'speech')
      const path = endpointPath(connection, { model, endpoint: 'speech', call: 'audio/speech' })
      const body = forwardBody(owner.request, model, false)
      return askEndpoint(run, owner, { calls: [{ path, body }], format: 'openai-chat' })
    },
    makeSink: (host, attempt) => {
      if (attempt.contentType.includes('event-stream')) return new PassStreamSink(host, attempt)
      const asked = readSpeechRequest(host.request.json)
      const { characters } = asked
      return new BytesSink(host, attempt, {
        refused: /json|html/,
        facts: (_, bytes) => ({
          output: JSON.stringify({ bytes, characters, type: attempt.contentType }),
          finishReason: '',
          usage: speechUsage(asked),
        }),
      })
    },
  },
}

/** `POST /v1/audio/speech`. */
export function handleSpeech(exchange: Exchange): void {
  handleEndpoint(exchange, speechApi, { inputField: 'input' })
}
