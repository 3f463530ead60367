import { type ReactElement, type ReactNode, useEffect, useState } from 'react'
import { makeKeyMap } from './key-map.ts'
import { KeyMapContext } from './use-hotkeys.ts'

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target.isContentEditable) return true
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type)
  return target instanceof HTMLTextAreaElement
}

/** True while a modal or a menu is open: keys then belong to it. */
function isLayerOpen(): boolean {
  return (
    document.querySelector('[role="dialog"]:not([data-closed]),[role="menu"],[role="listbox"][data-open]') !==
    null
  )
}

/** Listens once for the whole application and gives keys to the key map. */
export function KeyboardProvider(props: { readonly children: ReactNode }): ReactElement {
  const [map] = useState(() => makeKeyMap(() => performance.now()))
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.isComposing || isLayerOpen()) return
      const handled = map.press({
        key: event.key,
        mod: event.metaKey || event.ctrlKey,
        alt: event.altKey,
        typing: isTyping(event.target),
      })
      if (handled) event.preventDefault()
    }
    document.addEventListener('keydown', listen)
    return () => document.removeEventListener('keydown', listen)
  }, [map])
  return <KeyMapContext value={map}>{props.children}</KeyMapContext>
}
