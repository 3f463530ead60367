import { Agent, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { internalPaths } from '@ratchet/contract'

/** Where control listens: its local socket, or its address on another machine. */
export type ControlAddress = { readonly socketPath: string } | { readonly url: string }

/** What control answered to a shipment. */
export type SendResult =
  | { readonly kind: 'stored' }
  /** The rows are wrong and will never be taken. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'too-large'; readonly message: string }
  /** Not now: control is down, busy or new. */
  | { readonly kind: 'unavailable'; readonly message: string }

/**
 * Sends the JSON of one shipment; the bytes are reused once it has answered. Never throws; a signal that aborts
 * gives `unavailable`.
 */
export type SendShipment = (body: Buffer, signal: AbortSignal) => Promise<SendResult>

const timeoutMs = 30_000

/** Ships over HTTP to control's telemetry path; one kept-alive connection. */
export function makeHttpSender(control: ControlAddress, internalToken: string): SendShipment {
  const isSocket = 'socketPath' in control
  const base = isSocket ? undefined : new URL(internalPaths.telemetry, control.url)
  const isTls = base?.protocol === 'https:'
  const agent = isTls ? undefined : new Agent({ keepAlive: true, maxSockets: 1 })
  const send = isTls ? requestHttps : requestHttp
  return (body, signal) =>
    new Promise((resolve) => {
      const fail = (error: Error) => resolve({ kind: 'unavailable', message: error.message })
      const outgoing = send({
        method: 'POST',
        path: internalPaths.telemetry,
        agent,
        ...(isSocket ? { socketPath: control.socketPath } : { host: base?.hostname, port: base?.port }),
        headers: {
          authorization: `Bearer ${internalToken}`,
          'content-type': 'application/json',
          'content-length': body.length,
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      })
      outgoing.once('error', fail)
      outgoing.once('response', (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (piece: string) => (text += text.length < 2000 ? piece : ''))
        response.once('error', fail)
        response.once('end', () => resolve(readSendAnswer(response.statusCode ?? 0, text)))
      })
      outgoing.end(body)
    })
}

/** What an HTTP answer of control's telemetry path means. */
export function readSendAnswer(status: number, text: string): SendResult {
  if (status >= 200 && status < 300) return { kind: 'stored' }
  const message = `control answered ${status}: ${text.slice(0, 300)}`
  if (status === 413) return { kind: 'too-large', message }
  if (status === 400 || status === 422) return { kind: 'refused', message }
  return { kind: 'unavailable', message }
}
