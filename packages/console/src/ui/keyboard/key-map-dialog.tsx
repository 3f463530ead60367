import { type ReactElement, useContext, useSyncExternalStore } from 'react'
import { Dialog } from '../overlays/dialog.tsx'
import type { Hotkey } from './key-map.ts'
import { Kbd } from './kbd.tsx'
import { KeyMapContext } from './use-hotkeys.ts'

/** The map behind "?": every key that works right now, by group. */
export function KeyMapDialog(props: { readonly open: boolean; readonly onClose: () => void }): ReactElement {
  const map = useContext(KeyMapContext)
  const layers = useSyncExternalStore(map.subscribe, map.layers)
  return (
    <Dialog open={props.open} onClose={props.onClose} title="Keyboard" about="Keys that work on this page.">
      <div className="flex flex-col gap-4">
        {[...byGroup(layers)].map(([group, hotkeys]) => (
          <section key={group}>
            <h3 className="mb-1 text-small font-medium text-faint">{group}</h3>
            <dl className="flex flex-col">
              {hotkeys.map((hotkey) => (
                <div
                  key={hotkey.keys}
                  className="flex items-center justify-between border-b border-line py-1.5 last:border-0"
                >
                  <dt>{hotkey.label}</dt>
                  <dd>
                    <Kbd keys={hotkey.keys} />
                    <span className="sr-only">{hotkey.keys}</span>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

function byGroup(layers: readonly (readonly Hotkey[])[]): Map<string, Hotkey[]> {
  const groups = new Map<string, Hotkey[]>()
  for (const hotkey of layers.flat()) {
    const group = groups.get(hotkey.group) ?? []
    groups.set(hotkey.group, [...group.filter(({ keys }) => keys !== hotkey.keys), hotkey])
  }
  return groups
}
