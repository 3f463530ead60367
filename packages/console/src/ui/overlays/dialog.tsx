import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactElement, type ReactNode, useState } from 'react'
import { classes } from '../classes.ts'
import { popupSurface } from '../controls/popup-look.ts'

/** A modal question. Use it to create or confirm something; details belong in the docked drawer. */
export function Dialog(props: {
  readonly open: boolean
  readonly onClose: () => void
  readonly title: string
  readonly about?: ReactNode
  readonly children: ReactNode
  /** Buttons, right-aligned, the main one last. */
  readonly actions?: ReactNode
  /** False while closing would lose something shown once: neither Esc nor a click outside closes. */
  readonly dismissible?: boolean
}): ReactElement {
  const dismissible = props.dismissible ?? true
  const opener = useOpener(props.open)
  return (
    <BaseDialog.Root
      open={props.open}
      disablePointerDismissal={!dismissible}
      onOpenChange={(open, details) => {
        if (open) return
        if (!dismissible && details.reason === 'escape-key') return
        props.onClose()
      }}
    >
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Popup
          finalFocus={() => (opener?.isConnected === true ? opener : document.getElementById('page'))}
          className={classes(
            popupSurface,
            'fixed top-[12vh] left-1/2 z-40 flex max-h-[76vh] w-[min(480px,calc(100vw-32px))] -translate-x-1/2 flex-col',
          )}
        >
          <header className="flex items-start gap-2 px-4 pt-4">
            <div className="flex-1">
              <BaseDialog.Title className="text-lead font-semibold">{props.title}</BaseDialog.Title>
              {props.about !== undefined && (
                <BaseDialog.Description className="mt-1 text-muted">{props.about}</BaseDialog.Description>
              )}
            </div>
            {dismissible && (
              <BaseDialog.Close
                aria-label="Close"
                className="inline-flex size-7 items-center justify-center rounded-control text-muted hover:bg-hover hover:text-ink"
              >
                <X size={16} aria-hidden />
              </BaseDialog.Close>
            )}
          </header>
          <div className="min-h-0 flex-1 scroll-pb-12 overflow-y-auto px-4 py-4">{props.children}</div>
          {props.actions !== undefined && (
            <footer className="flex justify-end gap-2 border-t border-line px-4 py-3">{props.actions}</footer>
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  )
}

/** What had the focus when the dialog opened. A field that takes the focus at once would be remembered in its place. */
function useOpener(isOpen: boolean): HTMLElement | undefined {
  const [wasOpen, setWasOpen] = useState(false)
  const [opener, setOpener] = useState<HTMLElement>()
  if (isOpen !== wasOpen) {
    setWasOpen(isOpen)
    const { activeElement } = document
    if (isOpen) setOpener(activeElement instanceof HTMLElement ? activeElement : undefined)
  }
  return opener
}
