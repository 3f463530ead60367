import type { ReactElement } from 'react'

const isMac = typeof navigator !== 'undefined' && navigator.userAgent.includes('Mac')
const faces: Readonly<Record<string, string>> = {
  mod: isMac ? '⌘' : 'Ctrl',
  Escape: 'Esc',
  Enter: '↵',
  ArrowUp: '↑',
  ArrowDown: '↓',
}

/** Shows a binding as keys: `mod+k` is ⌘ K on a Mac and Ctrl K elsewhere; `g t` is two keys in turn. */
export function Kbd(props: { readonly keys: string }): ReactElement {
  const parts = props.keys.split(/[+ ]/).filter(Boolean)
  return (
    <span className="inline-flex gap-0.5" aria-hidden>
      {parts.map((part) => (
        <kbd
          key={part}
          className="min-w-4 rounded-mark border border-line bg-subtle px-1 text-center font-sans text-small leading-4 text-muted"
        >
          {faces[part] ?? (part.length === 1 ? part.toUpperCase() : part)}
        </kbd>
      ))}
    </span>
  )
}
