import { useEffect, useState } from 'react'

const restMs = 300

/** The latest value once nothing was typed for a moment; what is undefined in between does not take the last one away. */
export function useSettled<Value>(value: Value | undefined): Value | undefined {
  const [settled, setSettled] = useState(value)
  const key = JSON.stringify(value)
  useEffect(() => {
    if (value === undefined) return undefined
    const timer = setTimeout(() => setSettled(value), restMs)
    return () => clearTimeout(timer)
    // The value is made anew with each drawing; its text says whether it is another one.
    // eslint-disable-next-line react/exhaustive-deps
  }, [key])
  return settled
}
