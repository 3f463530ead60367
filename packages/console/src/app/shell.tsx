import { me } from '@ratchet/contract'
import { Outlet, useSearch } from '@tanstack/react-router'
import { type ReactElement, useMemo, useState } from 'react'
import { ScopeContext } from '../api/api-context.ts'
import { toProblem } from '../api/problem.ts'
import { useCall } from '../api/use-call.ts'
import { ErrorState } from '../ui/states/error-state.tsx'
import { Commands, type OpenLayer } from './commands.tsx'
import { Header } from './header.tsx'
import { Logo } from '../ui/logo.tsx'
import { MeContext } from './me-context.ts'
import { PaletteContext } from './palette-context.ts'
import { ServerBanner } from './server-banner.tsx'
import { SideNavigation } from './side-navigation.tsx'
import { SignIn } from './sign-in.tsx'
import { isSignedOut, useServerState } from './use-server-state.ts'

/** The frame around every page: navigation, header, palette; and the scope that the URL names. */
export function Shell(): ReactElement {
  const search = useSearch({ from: '__root__' })
  const project = search.project
  const scope = useMemo(() => ({ project, environment: search.env ?? 'development' }), [project, search.env])
  return (
    <ScopeContext value={scope}>
      <SignedIn />
    </ScopeContext>
  )
}

function SignedIn(): ReactElement {
  const caller = useCall(me, {})
  const [layer, setLayer] = useState<OpenLayer>()
  const palette = useMemo(() => ({ open: () => setLayer('palette') }), [])
  const { error } = caller
  const server = useServerState()
  // Who was in keeps the page with what was typed there; the banner says how to go on.
  if (error !== null && caller.data === undefined && isSignedOut(error)) return <SignIn why={error.message} />
  return (
    <MeContext value={caller.data}>
      <div className="flex h-full">
        <a
          href="#page"
          className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded-control focus:bg-raised focus:px-3 focus:py-1"
        >
          Skip to the page
        </a>
        <aside
          aria-label="Navigation"
          className="hidden w-50 shrink-0 flex-col border-r border-line bg-subtle md:flex"
        >
          <div className="flex h-11 items-center px-4">
            <Logo />
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto">
            <SideNavigation />
          </div>
          {caller.data !== undefined && (
            <p className="px-4 py-3 text-small text-faint">Version {caller.data.version}</p>
          )}
        </aside>
        <div className="flex min-w-0 flex-1 flex-col">
          <PaletteContext value={palette}>
            <Header />
          </PaletteContext>
          {caller.data !== undefined && <ServerBanner state={server} />}
          <main id="page" tabIndex={-1} className="relative flex min-h-0 flex-1 flex-col outline-none">
            {error !== null && caller.data === undefined ? (
              <div className="p-6">
                <ErrorState
                  problem={toProblem(error, 'The server did not answer')}
                  onRetry={() => void caller.refetch()}
                />
              </div>
            ) : (
              <Outlet />
            )}
          </main>
        </div>
      </div>
      <Commands layer={layer} setLayer={setLayer} />
    </MeContext>
  )
}
