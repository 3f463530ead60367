import { isAppError } from '@ratchet/contract'
import type { Log } from '../log.ts'

/**
 * Sends an async iterable as server-sent events (`data:` lines of JSON), with comments as heartbeats.
 * Pulls only as fast as the client reads. A failure on the way is sent as `event: error` with the error body.
 * When the client goes away, `stop` is called and the iterable's `return` runs.
 */
export function eventStream(
  events: AsyncIterable<unknown>,
  options: { heartbeatMs: number; stop: () => void; requestId: string; log: Log },
): Response {
  const { requestId, log } = options
  const encoder = new TextEncoder()
  const iterator = events[Symbol.asyncIterator]()
  let heartbeat: NodeJS.Timeout | undefined
  const end = () => clearInterval(heartbeat)
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      // Headers and a first byte at once: proxies and browsers then know that the stream is open.
      controller.enqueue(encoder.encode(': open\n\n'))
      heartbeat = setInterval(() => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(':\n\n'))
      }, options.heartbeatMs)
    },
    pull: async (controller) => {
      try {
        const next = await iterator.next()
        if (!next.done) return controller.enqueue(encoder.encode(`data: ${JSON.stringify(next.value)}\n\n`))
      } catch (error) {
        controller.enqueue(encoder.encode(errorEvent(error, requestId, log)))
      }
      end()
      controller.close()
    },
    cancel: async () => {
      end()
      options.stop()
      await iterator.return?.()
    },
  })
  return new Response(stream, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // nginx would otherwise hold events back.
      'x-accel-buffering': 'no',
    },
  })
}

function errorEvent(error: unknown, requestId: string, log: Log): string {
  if (!isAppError(error) || error.status >= 500) log.error({ requestId, error }, 'An event stream failed')
  const body = isAppError(error)
    ? error.toBody(requestId)
    : {
        error: {
          code: 'internal',
          message: `Something went wrong on our side: see request ${requestId} in the log.`,
          requestId,
        },
      }
  return `event: error\ndata: ${JSON.stringify(body)}\n\n`
}
