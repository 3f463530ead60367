import { Menu as BaseMenu } from '@base-ui/react/menu'
import type { ReactElement, ReactNode } from 'react'
import { classes } from '../classes.ts'
import { Kbd } from '../keyboard/kbd.tsx'
import { popupItem, popupSurface } from './popup-look.ts'

export type MenuItem =
  | { readonly kind: 'separator' }
  | {
      readonly kind: 'action'
      readonly label: string
      readonly icon?: ReactNode
      readonly keys?: string
      readonly danger?: boolean
      readonly disabled?: boolean
      readonly run: () => void
    }

/** Actions behind one button. The trigger is any element that can take a ref. */
export function Menu(props: {
  readonly trigger: ReactElement
  readonly items: readonly MenuItem[]
  readonly align?: 'start' | 'end'
}): ReactElement {
  return (
    <BaseMenu.Root modal={false}>
      <BaseMenu.Trigger render={props.trigger} />
      <BaseMenu.Portal>
        <BaseMenu.Positioner sideOffset={4} align={props.align ?? 'end'} className="z-50 outline-none">
          <BaseMenu.Popup className={classes(popupSurface, 'min-w-40 p-1')}>
            {props.items.map((item, index) =>
              item.kind === 'separator' ? (
                <BaseMenu.Separator key={`separator-${String(index)}`} className="mx-1 my-1 h-px bg-line" />
              ) : (
                <BaseMenu.Item
                  key={item.label}
                  disabled={item.disabled}
                  onClick={item.run}
                  className={classes(popupItem, item.danger === true && 'text-bad')}
                >
                  {item.icon}
                  <span className="flex-1">{item.label}</span>
                  {item.keys !== undefined && <Kbd keys={item.keys} />}
                </BaseMenu.Item>
              ),
            )}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  )
}
