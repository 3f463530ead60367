import type { ReactElement } from 'react'

/** A grey bar where text will be. Widths vary so that it reads as content, not as a fence. */
export function SkeletonLine(props: { readonly seed?: number; readonly width?: string }): ReactElement {
  const width = props.width ?? `${String(45 + (((props.seed ?? 0) * 37) % 45))}%`
  return (
    <span className="block h-3 animate-pulse-slow rounded-mark bg-active" style={{ width }} aria-hidden />
  )
}

/** Several lines on first load, announced once to screen readers. */
export function Skeleton(props: { readonly lines?: number; readonly label?: string }): ReactElement {
  return (
    <output aria-label={props.label ?? 'Loading'} className="flex flex-col gap-3 py-2">
      {Array.from({ length: props.lines ?? 4 }, (_, index) => (
        <SkeletonLine key={index} seed={index} />
      ))}
    </output>
  )
}
