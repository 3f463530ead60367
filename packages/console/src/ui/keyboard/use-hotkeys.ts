import { createContext, useContext, useEffect, useRef } from 'react'
import { type Hotkey, type KeyMap, makeKeyMap } from './key-map.ts'

/** The application's key map. The default is inert, so components render alone in tests. */
export const KeyMapContext = createContext<KeyMap>(makeKeyMap(() => 0))

/** Binds keys while the component is mounted. Callbacks may change between renders without re-binding. */
export function useHotkeys(hotkeys: readonly Hotkey[]): void {
  const map = useContext(KeyMapContext)
  const latest = useRef(hotkeys)
  useEffect(() => {
    latest.current = hotkeys
  })
  const shape = hotkeys.map(({ keys, label, group }) => `${keys}|${label}|${group}`).join('\n')
  useEffect(() => {
    const bound = latest.current.map((hotkey, index) => ({
      ...hotkey,
      run: () => latest.current[index]?.run(),
    }))
    return map.add(bound)
    // `shape` says when the set of bindings itself changed.
    // eslint-disable-next-line react/exhaustive-deps
  }, [map, shape])
}
