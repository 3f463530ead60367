import type { ChatApi } from '../apis/client-api.ts'
import type { Exchange } from '../calls/exchange.ts'
import { readTranscription, readTranscriptionEvent, type TranscriptionFacts } from '../formats/audio/index.ts'
import { PassStreamSink } from '../sinks/pass-stream.ts'
import { BytesSink } from './bytes-sink.ts'
import { handleForm, startForm } from './form-endpoint.ts'
import { eventsApi, eventTap } from './event-tap.ts'

/** `POST /v1/audio/transcriptions`. */
export function handleTranscription(exchange: Exchange): void {
  handleForm(exchange, transcriptions, 'file')
}

/** `POST /v1/audio/translations`. */
export function handleTranslation(exchange: Exchange): void {
  handleForm(exchange, translations, 'file')
}

const transcriptions = makeApi('audio/transcriptions', 'transcription')
const translations = makeApi('audio/translations', 'translation of sound')

/** JSON, text or events: whatever the client has asked for passes. */
function makeApi(call: string, what: string): ChatApi {
  return {
    ...eventsApi,
    kind: 'transcription',
    check: () => undefined,
    makeTap: () =>
      eventTap((event) => {
        const facts = readTranscriptionEvent(event)
        return facts && answerFacts(facts)
      }),
    endpoint: {
      start: startForm('transcription', call, what),
      makeSink: (host, attempt) =>
        attempt.contentType.includes('event-stream')
          ? new PassStreamSink(host, attempt)
          : new BytesSink(host, attempt, {
              refused: /html/,
              facts: (beginning) => answerFacts(readTranscription(beginning, attempt.contentType)),
            }),
    },
  }
}

function answerFacts({ text, usage }: TranscriptionFacts) {
  return { output: text, finishReason: '', usage }
}
