import { useBlocker } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { Button } from '../ui/controls/button.tsx'
import { Dialog } from '../ui/overlays/dialog.tsx'

/** Asks before another page, a reload or a closed tab takes away what was typed and not saved. */
export function LeaveGuard(props: { readonly isChanged: boolean; readonly what: string }): ReactElement {
  const { isChanged, what } = props
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => isChanged && current.pathname !== next.pathname,
    enableBeforeUnload: isChanged,
    withResolver: true,
  })
  return (
    <Dialog
      open={blocker.status === 'blocked'}
      onClose={() => blocker.reset?.()}
      title="Leave without saving?"
      about={`What you changed in ${what} is lost when you leave.`}
      actions={
        <>
          <Button kind="quiet" onClick={() => blocker.proceed?.()}>
            Leave without saving
          </Button>
          <Button kind="primary" onClick={() => blocker.reset?.()}>
            Keep editing
          </Button>
        </>
      }
    >
      {undefined}
    </Dialog>
  )
}
