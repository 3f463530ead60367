import type { IncomingMessage } from 'node:http'
import type { AccessEntry } from './access-log.ts'

/** The entry of a request that was refused before anybody looked at it. */
export function refusedEntry(request: IncomingMessage, status: number): AccessEntry {
  return {
    method: request.method ?? '',
    route: 'refused',
    status,
    durationMs: 0,
    providerMs: undefined,
    model: '',
    keyId: '',
    traceId: '',
    requestId: '',
    requestBytes: Number(request.headers['content-length'] ?? 0),
    responseBytes: 0,
    isStream: false,
  }
}
