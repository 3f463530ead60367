import { useCallback, useState } from 'react'

/** Reads a view preference (panel width, theme); storage that is forbidden or broken counts as empty. */
export function readStored(name: string): string | undefined {
  try {
    return localStorage.getItem(`ratchet-${name}`) ?? undefined
  } catch {
    return undefined
  }
}

/** Keeps a view preference in this browser. Only for preferences: what a link must reproduce goes into the URL. */
export function writeStored(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(`ratchet-${name}`)
    else localStorage.setItem(`ratchet-${name}`, value)
  } catch {
    // Without storage the preference lasts until the page is closed.
  }
}

/** A number preference kept in this browser, clamped to its range. */
export function useStoredNumber(name: string, range: { initial: number; min: number; max: number }) {
  const clamp = useCallback(
    (value: number) => Math.round(Math.min(range.max, Math.max(range.min, value))),
    [range.min, range.max],
  )
  const [value, setValue] = useState(() => {
    const stored = Number(readStored(name))
    return clamp(Number.isFinite(stored) && stored > 0 ? stored : range.initial)
  })
  const change = useCallback(
    (next: number) => {
      const clamped = clamp(next)
      setValue(clamped)
      writeStored(name, String(clamped))
    },
    [clamp, name],
  )
  return [value, change] as const
}
