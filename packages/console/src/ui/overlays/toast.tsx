import { Toast as BaseToast } from '@base-ui/react/toast'
import { X } from 'lucide-react'
import type { ReactElement, ReactNode } from 'react'
import { classes } from '../classes.ts'
import { popupSurface } from '../controls/popup-look.ts'

const manager = BaseToast.createToastManager()

/** Tells what was just done, for 5 seconds; `undo` turns "are you sure?" into a second thought. */
export function showToast(message: {
  readonly title: string
  readonly detail?: string
  readonly undo?: () => void
}): void {
  const id = manager.add({
    title: message.title,
    description: message.detail,
    ...(message.undo === undefined
      ? {}
      : {
          timeout: 8000,
          actionProps: {
            children: 'Undo',
            onClick: () => {
              manager.close(id)
              message.undo?.()
            },
          },
        }),
  })
}

/** Wraps the application once; toasts appear at the bottom right. */
export function ToastProvider(props: { readonly children: ReactNode }): ReactElement {
  return (
    <BaseToast.Provider toastManager={manager} limit={3}>
      {props.children}
      <BaseToast.Portal>
        <BaseToast.Viewport className="fixed right-4 bottom-4 z-50 flex w-[min(360px,calc(100vw-32px))] flex-col gap-2">
          <ToastList />
        </BaseToast.Viewport>
      </BaseToast.Portal>
    </BaseToast.Provider>
  )
}

function ToastList(): ReactElement[] {
  const { toasts } = BaseToast.useToastManager()
  return toasts.map((toast) => (
    <BaseToast.Root
      key={toast.id}
      toast={toast}
      className={classes(popupSurface, 'px-3 py-2 data-limited:hidden')}
    >
      <BaseToast.Content className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <BaseToast.Title className="font-medium" />
          <BaseToast.Description className="text-small text-muted" />
        </div>
        <BaseToast.Action className="rounded-mark px-1.5 font-medium text-accent hover:bg-hover" />
        <BaseToast.Close
          aria-label="Dismiss"
          className="rounded-mark p-0.5 text-faint hover:bg-hover hover:text-ink"
        >
          <X size={14} aria-hidden />
        </BaseToast.Close>
      </BaseToast.Content>
    </BaseToast.Root>
  ))
}
