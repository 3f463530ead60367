import { shipment } from '@ratchet/contract'
import type { SendResult, SendShipment } from '../shipping/send-shipment.ts'

export type TelemetrySink = {
  readonly send: SendShipment
  /** Span ids by shipment token, as control keeps them: a known token adds nothing. */
  readonly stored: Map<string, string[]>
  readonly spanIds: () => string[]
  readonly received: { token: string; rows: number }[]
  /** What to answer instead of storing; `after` it, the rows are stored but the answer is lost. */
  answer: ((token: string) => SendResult | 'lose-answer' | undefined) | undefined
}

/** Control's telemetry endpoint without the network: validates, deduplicates by token. */
export function makeSink(): TelemetrySink {
  const stored = new Map<string, string[]>()
  const received: { token: string; rows: number }[] = []
  const sink: TelemetrySink = {
    stored,
    received,
    spanIds: () => [...stored.values()].flat(),
    answer: undefined,
    send: (body) => {
      const parsed = shipment.safeParse(JSON.parse(body.toString()))
      if (!parsed.success) return Promise.resolve({ kind: 'refused', message: parsed.error.message })
      const { token, records } = parsed.data
      received.push({ token, rows: records.length })
      const answer = sink.answer?.(token)
      if (answer !== undefined && answer !== 'lose-answer') return Promise.resolve(answer)
      if (!stored.has(token))
        stored.set(
          token,
          records.map((record) => record.spanId),
        )
      if (answer === 'lose-answer') return Promise.resolve({ kind: 'unavailable', message: 'answer lost' })
      return Promise.resolve({ kind: 'stored' })
    },
  }
  return sink
}
