import { CSPProvider } from '@base-ui/react/csp-provider'
import { Tooltip } from '@base-ui/react/tooltip'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { type ApiSource, ApiSourceContext } from '../api/api-context.ts'
import { KeyboardProvider } from '../ui/keyboard/keyboard-provider.tsx'
import { ToastProvider } from '../ui/overlays/toast.tsx'
import { isWorthRetrying } from './retry.ts'
import { makeRouter } from './router.tsx'

/** The whole console over one API. `history` lets tests start at any address. */
export function makeApp(source: ApiSource, history?: Parameters<typeof makeRouter>[0]) {
  const cache = new QueryClient({
    defaultOptions: {
      // The server may be on this machine: a browser that says it is offline still reaches it.
      queries: {
        networkMode: 'always',
        staleTime: 5_000,
        retry: isWorthRetrying,
        refetchOnWindowFocus: true,
      },
      mutations: { networkMode: 'always' },
    },
  })
  const router = makeRouter(history)
  function App(): ReactElement {
    return (
      // Style elements would need a hole in the content security policy; ours are all in the style sheet.
      <CSPProvider disableStyleElements>
        <ApiSourceContext value={source}>
          <QueryClientProvider client={cache}>
            <KeyboardProvider>
              <Tooltip.Provider delay={400}>
                <ToastProvider>
                  <RouterProvider router={router} />
                </ToastProvider>
              </Tooltip.Provider>
            </KeyboardProvider>
          </QueryClientProvider>
        </ApiSourceContext>
      </CSPProvider>
    )
  }
  return { App, router, cache }
}
