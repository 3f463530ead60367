import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { places } from './navigation.tsx'

/** The pages, in the order of the loop. */
export function SideNavigation(props: { readonly onGo?: () => void }): ReactElement {
  return (
    <nav aria-label="Pages" className="flex flex-col gap-3 px-2 py-2">
      {places.map((section) => (
        <div key={section.group ?? 'home'}>
          {section.group !== undefined && (
            <p className="px-2 pb-0.5 text-small text-faint">{section.group}</p>
          )}
          {section.items.map((place) => (
            <Link
              key={place.to}
              to={place.to}
              onClick={props.onGo}
              activeOptions={{ exact: place.to === '/', includeSearch: false }}
              className="flex h-7 items-center gap-2 rounded-control px-2 text-muted transition-colors hover:bg-hover hover:text-ink data-[status=active]:bg-active data-[status=active]:font-medium data-[status=active]:text-ink"
            >
              <place.icon size={15} strokeWidth={1.75} aria-hidden />
              {place.label}
            </Link>
          ))}
        </div>
      ))}
    </nav>
  )
}
