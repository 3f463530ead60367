import { Link, useLocation } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { EmptyState } from '../ui/states/empty-state.tsx'

/** An address without a page. */
export function NotFound(): ReactElement {
  const { pathname } = useLocation()
  return (
    <div className="px-6">
      <EmptyState title={`There is no page at ${pathname}`}>
        The link may come from a newer version. Go{' '}
        <Link to="/" className="text-accent underline">
          Home
        </Link>
        , or press ? for the keys that lead to every page.
      </EmptyState>
    </div>
  )
}
