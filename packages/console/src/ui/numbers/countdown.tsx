import { type ReactElement, useEffect, useState } from 'react'
import { formatDuration } from './format-number.ts'

/** How long it is until a moment, counting down: "in 8 s", "in 2 min 5 s"; afterwards `over`. */
export function Countdown(props: { readonly to: string; readonly over: string }): ReactElement {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.ceil((Date.parse(props.to) - nowMs) / 1000)
  const left = seconds < 60 ? `${String(seconds)} s` : formatDuration(seconds * 1000)
  return <span className="tabular-nums">{seconds > 0 ? `in ${left}` : props.over}</span>
}
