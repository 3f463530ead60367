import { internalPaths, limitAnswer, type LimitAnswer } from '@ratchet/contract'
import type { Client } from 'undici'

/** `refused`: control will never take this report. */
export type PostResult =
  | { readonly kind: 'answered'; readonly answer: LimitAnswer }
  | { readonly kind: 'unavailable'; readonly message: string }
  | { readonly kind: 'refused'; readonly message: string }

export type PostReport = (body: string) => Promise<PostResult>

const timeoutMs = 5_000

/** Sends reports to control over a connection of its own: a call may be waiting for the answer. */
export function makePostReport(client: Client, internalToken: string): PostReport {
  const headers = { authorization: `Bearer ${internalToken}`, 'content-type': 'application/json' }
  return async (body) => {
    try {
      const signal = AbortSignal.timeout(timeoutMs)
      const response = await client.request({
        path: internalPaths.limits,
        method: 'POST',
        headers,
        body,
        signal,
      })
      const text = await response.body.text()
      if (response.statusCode === 200) {
        return { kind: 'answered', answer: limitAnswer.parse(JSON.parse(text)) }
      }
      const isOurs = response.statusCode === 400 || response.statusCode === 409
      return {
        kind: isOurs ? 'refused' : 'unavailable',
        message: `control answered ${response.statusCode}: ${text.slice(0, 500)}`,
      }
    } catch (error) {
      return { kind: 'unavailable', message: error instanceof Error ? error.message : String(error) }
    }
  }
}
