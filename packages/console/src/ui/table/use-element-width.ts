import { type RefObject, useLayoutEffect, useState } from 'react'

/** The current width of an element; a wide guess until it is measured. */
export function useElementWidth(element: RefObject<HTMLElement | null>, guessPx = 1200): number {
  const [widthPx, setWidthPx] = useState(guessPx)
  useLayoutEffect(() => {
    const target = element.current
    if (target === null) return
    const measure = (): void => {
      if (target.clientWidth > 0) setWidthPx(target.clientWidth)
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(target)
    return () => observer.disconnect()
  }, [element])
  return widthPx
}
