import { Link } from '@tanstack/react-router'
import type { ReactElement, ReactNode } from 'react'
import { PageHead } from '../../ui/page-head.tsx'

const sections = [
  { to: '/settings/keys', label: 'API keys' },
  { to: '/settings/system', label: 'System' },
] as const

/** The top of every settings page: its answer, and the way to the other sections. */
export function SettingsHead(props: {
  readonly answer?: ReactNode
  readonly actions?: ReactNode
}): ReactElement {
  return (
    <>
      <PageHead title="Settings" answer={props.answer} actions={props.actions} />
      <nav
        aria-label="Settings"
        className="flex shrink-0 gap-4 overflow-x-auto border-b border-line px-4 md:px-6"
      >
        {sections.map((section) => (
          <Link
            key={section.to}
            to={section.to}
            activeOptions={{ includeSearch: false }}
            className="flex h-9 items-center border-b-2 border-transparent whitespace-nowrap text-muted transition-colors hover:text-ink data-[status=active]:border-accent data-[status=active]:font-medium data-[status=active]:text-ink"
          >
            {section.label}
          </Link>
        ))}
      </nav>
    </>
  )
}
