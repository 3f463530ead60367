import type { ReactElement, ReactNode } from 'react'

/** A small neutral label for a kind or a count. For states use `State`. */
export function Badge(props: { readonly children: ReactNode; readonly mono?: boolean }): ReactElement {
  return (
    <span
      className={`inline-flex h-4.5 max-w-full items-center truncate rounded-mark border border-line px-1.5 text-small whitespace-nowrap text-muted ${props.mono === true ? 'font-mono' : ''}`}
    >
      {props.children}
    </span>
  )
}
