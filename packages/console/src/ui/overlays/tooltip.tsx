import { Tooltip as BaseTooltip } from '@base-ui/react/tooltip'
import type { ReactElement, ReactNode } from 'react'
import { classes } from '../classes.ts'
import { popupSurface } from '../controls/popup-look.ts'
import { Kbd } from '../keyboard/kbd.tsx'

/** Words that appear on hover and focus. Never the only place of something a reader needs. */
export function Tooltip(props: {
  readonly words: ReactNode
  readonly keys?: string | undefined
  readonly children: ReactElement
}): ReactElement {
  return (
    <BaseTooltip.Root>
      <BaseTooltip.Trigger render={props.children} />
      <BaseTooltip.Portal>
        <BaseTooltip.Positioner sideOffset={6} className="z-50">
          <BaseTooltip.Popup
            className={classes(popupSurface, 'flex max-w-72 items-center gap-2 px-2 py-1 text-small')}
          >
            {props.words}
            {props.keys !== undefined && <Kbd keys={props.keys} />}
          </BaseTooltip.Popup>
        </BaseTooltip.Positioner>
      </BaseTooltip.Portal>
    </BaseTooltip.Root>
  )
}
