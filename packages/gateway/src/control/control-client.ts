import type { ControlAddress } from '@ratchet/spool'
import { Client } from 'undici'

/**
 * One connection to control. Not node:http's client: its objects share their code with the server that answers
 * our clients, and two kinds of them make that code slower for every request.
 */
export function connectControl(control: ControlAddress): Client {
  const options = { headersTimeout: 0, bodyTimeout: 0, pipelining: 1 }
  return 'socketPath' in control
    ? new Client('http://control', { ...options, socketPath: control.socketPath })
    : new Client(new URL(control.url).origin, options)
}
