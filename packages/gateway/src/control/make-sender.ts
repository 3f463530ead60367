import { internalPaths } from '@ratchet/contract'
import { readSendAnswer, type SendResult, type SendShipment } from '@ratchet/spool'
import type { Client, Dispatcher } from 'undici'

const timeoutMs = 30_000
const shownChars = 2_000

/** Ships spans over a connection of its own, so that a shipment never waits behind the snapshot stream. */
export function makeSender(client: Client, internalToken: string): SendShipment {
  const headers = ['authorization', `Bearer ${internalToken}`, 'content-type', 'application/json']
  return (body, signal) =>
    new Promise((resolve) => {
      const answer = new TelemetryAnswer(resolve, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]))
      client.dispatch({ path: internalPaths.telemetry, method: 'POST', headers, body }, answer)
    })
}

class TelemetryAnswer implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: SendResult) => void
  readonly #signal: AbortSignal
  #status = 0
  #text = ''

  constructor(resolve: (result: SendResult) => void, signal: AbortSignal) {
    this.#resolve = resolve
    this.#signal = signal
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const abort = () => controller.abort(new Error('the shipment took too long, or the gateway stops'))
    if (this.#signal.aborted) abort()
    else this.#signal.addEventListener('abort', abort, { once: true })
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#text.length < shownChars) this.#text += chunk.toString()
  }

  onResponseEnd(): void {
    this.#resolve(readSendAnswer(this.#status, this.#text))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#resolve({ kind: 'unavailable', message: error.message })
  }
}
