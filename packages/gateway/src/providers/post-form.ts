import { Agent, buildConnector, request } from 'undici'
import { checkLiteralAddress, guardedLookup } from './address-guard.ts'
import type { PostForm } from './google-token.ts'
import { readBounded } from './read-bounded.ts'

const answerLimitBytes = 256 * 1024

/** Sends forms to public addresses only: the address comes out of a credential. */
export function makePostForm(connectTimeoutMs: number): {
  readonly post: PostForm
  readonly close: () => Promise<void>
} {
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup: guardedLookup })
  const dispatcher = new Agent({
    connect: (options, callback) => {
      try {
        checkLiteralAddress(options.hostname)
      } catch (error) {
        return callback(error instanceof Error ? error : new Error(String(error)), null)
      }
      connect(options, callback)
    },
  })
  const post: PostForm = async (url, body, signal) => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await request(url, { method: 'POST', headers, body, signal, dispatcher })
    const bytes = await readBounded(answer.body, answerLimitBytes)
    return { status: answer.statusCode, body: bytes.toString() }
  }
  return { post, close: () => dispatcher.destroy() }
}
