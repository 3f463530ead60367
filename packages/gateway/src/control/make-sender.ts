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
      const answer = new TelemetryAnswer(resolve, signal)
      client.dispatch({ path: internalPaths.telemetry, method: 'POST', headers, body }, answer)
    })
}

class TelemetryAnswer implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: SendResult) => void
  readonly #signal: AbortSignal
  readonly #timer: NodeJS.Timeout
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #text = ''

  constructor(resolve: (result: SendResult) => void, signal: AbortSignal) {
    this.#resolve = resolve
    this.#signal = signal
    this.#timer = setTimeout(this.#abort, timeoutMs)
    signal.addEventListener('abort', this.#abort)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#signal.aborted) this.#abort()
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#text.length < shownChars) this.#text += chunk.toString()
  }

  onResponseEnd(): void {
    this.#end(readSendAnswer(this.#status, this.#text))
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end({ kind: 'unavailable', message: error.message })
  }

  readonly #abort = (): void => {
    const reason = new Error('the shipment took too long, or the gateway stops')
    if (this.#controller === undefined) this.#end({ kind: 'unavailable', message: reason.message })
    else this.#controller.abort(reason)
  }

  #end(result: SendResult): void {
    clearTimeout(this.#timer)
    this.#signal.removeEventListener('abort', this.#abort)
    this.#resolve(result)
  }
}
