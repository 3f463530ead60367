import { Dialog } from '@base-ui/react/dialog'
import { defaultEnvironments, endSession, listProjects } from '@ratchet/contract'
import { useNavigate } from '@tanstack/react-router'
import { CircleUser, LogOut, Menu as MenuIcon, Search } from 'lucide-react'
import { type ReactElement, useContext, useState } from 'react'
import { useScope } from '../api/api-context.ts'
import { useCall, useCallMutation } from '../api/use-call.ts'
import { Menu } from '../ui/controls/menu.tsx'
import { Select } from '../ui/controls/select.tsx'
import { Kbd } from '../ui/keyboard/kbd.tsx'
import { EnvironmentWord } from '../ui/states/environment-word.tsx'
import { Logo } from '../ui/logo.tsx'
import { useMe } from './me-context.ts'
import { PaletteContext } from './palette-context.ts'
import { SideNavigation } from './side-navigation.tsx'
import { ThemeSwitch } from './theme-switch.tsx'

/** Project, environment, palette, theme, person. */
export function Header(): ReactElement {
  return (
    <header className="flex h-11 shrink-0 items-center gap-1 border-b border-line px-2 md:px-4">
      <NavigationMenu />
      <ProjectSwitch />
      <span className="px-1 text-faint" aria-hidden>
        /
      </span>
      <EnvironmentSwitch />
      <span className="flex-1" />
      <PaletteButton />
      <ThemeSwitch />
      <PersonMenu />
    </header>
  )
}

function ProjectSwitch(): ReactElement {
  const caller = useMe()
  const navigate = useNavigate()
  const projects = useCall(listProjects, { query: { limit: 100 } }, { enabled: caller !== undefined })
  const own = caller?.project.name
  const names = projects.data?.items.map(({ name }) => name) ?? []
  if (own === undefined) return <span className="h-3 w-16 animate-pulse-slow rounded-mark bg-active" />
  // One project is a name, not a choice.
  if (names.length < 2) return <span className="truncate px-1 font-medium">{own}</span>
  return (
    <Select
      kind="bare"
      label="Project"
      value={own}
      options={names.map((name) => ({ value: name, label: name }))}
      onChange={(project) => void navigate({ to: '/', search: { project } })}
    />
  )
}

function EnvironmentSwitch(): ReactElement {
  const caller = useMe()
  const { environment } = useScope()
  const navigate = useNavigate()
  const known = caller?.project.environments.map(({ name }) => name) ?? [...defaultEnvironments]
  const names = known.includes(environment) ? known : [...known, environment]
  return (
    <Select
      kind="bare"
      label="Environment"
      value={environment}
      options={names.map((name) => ({ value: name, label: name, face: <EnvironmentWord name={name} /> }))}
      onChange={(env) => void navigate({ to: '.', search: (previous) => ({ ...previous, env }) })}
    />
  )
}

function PaletteButton(): ReactElement {
  const { open } = useContext(PaletteContext)
  return (
    <button
      type="button"
      onClick={open}
      className="flex h-7 items-center gap-2 rounded-control px-2 text-faint transition-colors hover:bg-hover hover:text-ink lg:w-60 lg:border lg:border-line lg:bg-subtle"
    >
      <Search size={14} aria-hidden />
      <span className="flex-1 text-left max-lg:sr-only">Go to, do, search</span>
      <span className="hidden lg:block">
        <Kbd keys="mod+k" />
      </span>
    </button>
  )
}

function PersonMenu(): ReactElement | undefined {
  const caller = useMe()
  const signOut = useCallMutation(endSession, [])
  if (caller === undefined) return undefined
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={`Signed in as ${caller.actor.name}`}
          className="inline-flex size-7 items-center justify-center rounded-control text-muted transition-colors hover:bg-hover hover:text-ink"
        >
          <CircleUser size={16} aria-hidden />
        </button>
      }
      items={[
        { kind: 'action', label: caller.actor.name, disabled: true, run: () => undefined },
        { kind: 'separator' },
        {
          kind: 'action',
          label: 'Sign out',
          icon: <LogOut size={14} aria-hidden />,
          run: () => signOut.mutate({}, { onSuccess: () => window.location.reload() }),
        },
      ]}
    />
  )
}

function NavigationMenu(): ReactElement {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
      <Dialog.Trigger
        aria-label="Open the navigation"
        className="inline-flex size-7 items-center justify-center rounded-control text-muted hover:bg-hover md:hidden"
      >
        <MenuIcon size={16} aria-hidden />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <Dialog.Popup className="fixed inset-y-0 left-0 z-40 w-60 border-r border-line bg-subtle transition-transform data-ending-style:-translate-x-full data-starting-style:-translate-x-full">
          <div className="flex h-11 items-center px-4">
            <Dialog.Title render={<span />}>
              <Logo />
            </Dialog.Title>
          </div>
          <SideNavigation onGo={() => setIsOpen(false)} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
