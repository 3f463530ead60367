import type { ReactElement } from 'react'

/** A ratchet only moves up. */
export function Logo(): ReactElement {
  return (
    <span className="inline-flex items-center gap-2 font-semibold">
      <svg width="20" height="20" viewBox="0 0 16 16" aria-hidden>
        <rect width="16" height="16" rx="4" fill="var(--accent-solid)" />
        <path
          d="M4 11.5V8.8h2.7V6.1h2.7V3.5H12"
          fill="none"
          stroke="var(--on-accent)"
          strokeWidth="1.8"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      </svg>
      Ratchet
    </span>
  )
}
