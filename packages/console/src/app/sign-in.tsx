import type { ReactElement } from 'react'
import { CommandLine } from '../ui/code/command-line.tsx'
import { Logo } from '../ui/logo.tsx'

/** Without a session: how to get a link that signs in. There is no password to type. */
export function SignIn(props: { readonly why: string }): ReactElement {
  return (
    <main className="flex min-h-full items-center justify-center p-6">
      <div className="flex w-full max-w-100 flex-col gap-4">
        <Logo />
        <div>
          <h1 className="text-title font-semibold">Open a sign-in link</h1>
          <p className="mt-1 text-muted">
            Run this where Ratchet is installed. It prints a link that signs you in once.
          </p>
        </div>
        <CommandLine command="npx ratchet open" />
        <p className="text-small text-faint">{props.why}</p>
      </div>
    </main>
  )
}
