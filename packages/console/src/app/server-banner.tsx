import { OctagonX } from 'lucide-react'
import type { ReactElement } from 'react'
import { CopyButton } from '../ui/code/copy-button.tsx'
import type { ServerState } from './use-server-state.ts'

const command = 'npx ratchet open'

/** Says that what the page shows is not live any more. What was typed stays, and the page goes on by itself. */
export function ServerBanner(props: { readonly state: ServerState }): ReactElement {
  return (
    <output aria-label="State of the server" className="block">
      {props.state !== 'here' && (
        <span className="flex items-center gap-2 border-b border-line bg-bad-bg px-4 py-1.5 md:px-6">
          <OctagonX size={14} className="shrink-0 text-bad" aria-hidden />
          {props.state === 'lost' ? (
            <span>
              <span className="font-medium">The server does not answer.</span> What you see may be old. It is
              asked again every few seconds.
            </span>
          ) : (
            <span>
              <span className="font-medium">You are signed out.</span> Open the link that{' '}
              <code className="font-mono text-small">{command}</code>
              <CopyButton text={command} label="Copy command" /> prints in another tab; this page then goes
              on.
            </span>
          )}
        </span>
      )}
    </output>
  )
}
