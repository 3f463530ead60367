import { type OutputOf, tailTraces, type TraceSummary } from '@ratchet/contract'
import { useEffect, useState } from 'react'
import { useApi } from '../../api/api-context.ts'

const keepAtMost = 500
const reconnectMs = 2_000

export type Tail = {
  readonly rows: readonly TraceSummary[]
  readonly state: 'off' | 'connecting' | 'live' | 'lost'
}

const off: Tail = { rows: [], state: 'off' }
const connecting: Tail = { rows: [], state: 'connecting' }

/** Traces as they arrive, newest first, at most 500. Connects again after a break; another query starts afresh. */
export function useTraceTail(isLive: boolean, query: string, environment: string): Tail {
  const api = useApi()
  const subject = `${environment} ${query}`
  const [followed, setFollowed] = useState<{ readonly subject: string; readonly tail: Tail }>()
  useEffect(() => {
    if (!isLive) return
    const stop = new AbortController()
    const change = (next: (tail: Tail) => Tail): void => {
      if (stop.signal.aborted) return
      setFollowed((last) => ({ subject, tail: next(last?.subject === subject ? last.tail : connecting) }))
    }
    const follow = async (): Promise<void> => {
      while (!stop.signal.aborted) {
        try {
          const parts = { query: { query, environment }, signal: stop.signal }
          change((tail) => ({ ...tail, state: 'live' }))
          for await (const trace of api.events(tailTraces, parts)) {
            change((tail) => ({ state: 'live', rows: withNewest(tail.rows, trace) }))
          }
        } catch {
          // A broken stream shows at the switch and is tried again; the list itself can be read at any time.
          change((tail) => ({ ...tail, state: 'lost' }))
        }
        await pause(reconnectMs, stop.signal)
      }
    }
    void follow()
    return () => stop.abort()
  }, [api, isLive, query, environment, subject])
  if (!isLive) return off
  return followed?.subject === subject ? followed.tail : connecting
}

function withNewest(rows: readonly TraceSummary[], trace: OutputOf<typeof tailTraces>): TraceSummary[] {
  return [trace, ...rows.filter(({ traceId }) => traceId !== trace.traceId)].slice(0, keepAtMost)
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    const stop = (): void => {
      clearTimeout(timer)
      resolve()
    }
    signal.addEventListener('abort', stop, { once: true })
  })
}
