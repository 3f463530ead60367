/** One key or a sequence, written with spaces: `j`, `Enter`, `mod+k` (Cmd on a Mac, else Ctrl), `g t`. */
export type Hotkey = {
  readonly keys: string
  readonly label: string
  readonly group: string
  readonly run: () => void
  /** Also while typing in a field (the palette). Off by default. */
  readonly whileTyping?: boolean
}

/** The part of a keyboard event that decides; tests pass plain objects. */
export type KeyPress = {
  readonly key: string
  readonly mod: boolean
  readonly alt: boolean
  readonly typing: boolean
}

const sequenceMs = 1200

/**
 * Keeps which keys do what. The binding added last wins, so a drawer's Esc comes before the page's.
 * A sequence (`g t`) must be completed within 1.2 s.
 */
export function makeKeyMap(clock: () => number) {
  let layers: readonly (readonly Hotkey[])[] = []
  let pending = { prefix: '', atMs: 0 }
  const listeners = new Set<() => void>()
  const notify = (): void => listeners.forEach((listener) => listener())

  return {
    /** Adds bindings; call the returned function to take them away. */
    add: (hotkeys: readonly Hotkey[]): (() => void) => {
      layers = [...layers, hotkeys]
      notify()
      return () => {
        layers = layers.filter((layer) => layer !== hotkeys)
        notify()
      }
    },
    /** All active layers, oldest first. The same array until a binding is added or removed. */
    layers: () => layers,
    subscribe: (listener: () => void): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    /** Runs what the key is bound to; false when it is not ours. */
    press: (press: KeyPress): boolean => {
      const name = press.mod ? `mod+${press.key.toLowerCase()}` : press.key
      if (press.alt) return false
      const prefix = clock() - pending.atMs < sequenceMs ? pending.prefix : ''
      pending = { prefix: '', atMs: 0 }
      const usable = [...layers]
        .reverse()
        .flat()
        .filter((hotkey) => !press.typing || hotkey.whileTyping === true)
      const hit =
        usable.find(({ keys }) => keys === `${prefix}${name}`) ?? usable.find(({ keys }) => keys === name)
      if (hit !== undefined) {
        hit.run()
        return true
      }
      if (usable.some(({ keys }) => keys.startsWith(`${name} `)))
        pending = { prefix: `${name} `, atMs: clock() }
      return false
    },
  }
}

export type KeyMap = ReturnType<typeof makeKeyMap>
