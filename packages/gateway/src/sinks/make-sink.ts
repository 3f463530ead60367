import type { Attempt } from '../attempts/attempt.ts'
import { abilitiesOf } from '../attempts/write-upstream.ts'
import type { AnswerSink, SinkHost } from './answer-sink.ts'
import { NeutralSink } from './neutral-sink.ts'
import { PassPlainSink } from './pass-plain.ts'
import { PassStreamSink } from './pass-stream.ts'

/** Who handles an answer: bytes pass when it is in the client's format and way, and nobody has to read it. */
export function makeSink(host: SinkHost, attempt: Attempt, mustRead: boolean): AnswerSink {
  const { endpoint } = host.api
  if (endpoint !== undefined) return endpoint.makeSink(host, attempt)
  const isSame = attempt.format === host.api.format && host.toolNames === undefined
  const isStream = attempt.contentType.includes('event-stream')
  const mayPass =
    isSame &&
    !mustRead &&
    abilitiesOf(attempt.target).thoughtsInContent !== true &&
    host.review === undefined &&
    host.guard === undefined &&
    host.api.streamFraming === undefined
  if (!mayPass || (host.request.isStream && !isStream)) return new NeutralSink(host, attempt)
  if (host.request.isStream) return new PassStreamSink(host, attempt)
  return isStream ? new NeutralSink(host, attempt) : new PassPlainSink(host, attempt)
}
