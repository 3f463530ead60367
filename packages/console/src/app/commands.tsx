import { useNavigate } from '@tanstack/react-router'
import { Activity, Calculator, FlaskConical, KeyRound, Keyboard, Plug, SunMoon } from 'lucide-react'
import { type ReactElement, useMemo } from 'react'
import { CommandPalette } from '../ui/keyboard/command-palette.tsx'
import { KeyMapDialog } from '../ui/keyboard/key-map-dialog.tsx'
import type { Command } from '../ui/keyboard/rank-commands.ts'
import { useHotkeys } from '../ui/keyboard/use-hotkeys.ts'
import { places } from './navigation.tsx'
import { applyTheme } from './theme-switch.tsx'

export type OpenLayer = 'palette' | 'keys' | undefined

const allPlaces = places.flatMap((section) => section.items)

/** Command palette, keyboard map, and the keys that lead to every page. */
export function Commands(props: {
  readonly layer: OpenLayer
  readonly setLayer: (layer: OpenLayer) => void
}): ReactElement {
  const { layer, setLayer } = props
  const navigate = useNavigate()
  const close = (): void => setLayer(undefined)
  useHotkeys([
    {
      keys: 'mod+k',
      label: 'Command palette',
      group: 'Everywhere',
      run: () => setLayer('palette'),
      whileTyping: true,
    },
    { keys: '?', label: 'Show these keys', group: 'Everywhere', run: () => setLayer('keys') },
    ...allPlaces.map((place) => ({
      keys: `g ${place.key}`,
      label: `Go to ${place.label}`,
      group: 'Everywhere',
      run: () => void navigate({ to: place.to }),
    })),
  ])
  const commands = useMemo((): Command[] => {
    const icon = (Icon: typeof Activity) => <Icon size={15} strokeWidth={1.75} aria-hidden />
    return [
      ...allPlaces.map((place) => ({
        id: place.to,
        group: 'Go to',
        label: place.label,
        icon: icon(place.icon),
        keys: `g ${place.key}`,
        run: () => void navigate({ to: place.to }),
      })),
      {
        id: 'add-connection',
        group: 'Do',
        label: 'Add a connection',
        words: 'provider model key settings',
        icon: icon(Plug),
        run: () => void navigate({ to: '/gateway/models', search: { add: 'true' } }),
      },
      {
        id: 'errors',
        group: 'Do',
        label: 'Show failed traces',
        words: 'error status',
        icon: icon(Activity),
        run: () => void navigate({ to: '/traces', search: { q: 'status:error' } }),
      },
      {
        id: 'create-key',
        group: 'Do',
        label: 'Create an API key',
        icon: icon(KeyRound),
        run: () => void navigate({ to: '/settings/keys', search: { create: 'true' } }),
      },
      {
        id: 'plan',
        group: 'Do',
        label: 'Compare what models would cost',
        words: 'plan planner savings month price capacity',
        icon: icon(Calculator),
        run: () => void navigate({ to: '/gateway/planner' }),
      },
      {
        id: 'theme',
        group: 'Do',
        label: 'Switch between light and dark',
        words: 'theme',
        icon: icon(SunMoon),
        run: () =>
          applyTheme(getComputedStyle(document.documentElement).colorScheme === 'dark' ? 'light' : 'dark'),
      },
      {
        id: 'keys',
        group: 'Do',
        label: 'Show the keyboard map',
        icon: icon(Keyboard),
        keys: '?',
        run: () => setLayer('keys'),
      },
    ]
  }, [navigate, setLayer])
  const search = (words: string): readonly Command[] => {
    const id = words.toLowerCase()
    if (/^[0-9a-f]{32}$/.test(id)) {
      const run = (): void => void navigate({ to: '/traces/$traceId', params: { traceId: id } })
      return [{ id: 'trace', group: 'Open', label: `Trace ${id}`, icon: <Activity size={15} />, run }]
    }
    if (/^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(id)) {
      const run = (): void => void navigate({ to: '/evaluations/$id', params: { id } })
      return [
        { id: 'evaluation', group: 'Open', label: `Evaluation ${id}`, icon: <FlaskConical size={15} />, run },
      ]
    }
    if (words.length < 3) return []
    const run = (): void => void navigate({ to: '/traces', search: { q: `"${words.replaceAll('"', '')}"` } })
    return [
      { id: 'search', group: 'Open', label: `Traces that say “${words}”`, icon: <Activity size={15} />, run },
    ]
  }
  return (
    <>
      <CommandPalette open={layer === 'palette'} onClose={close} commands={commands} search={search} />
      <KeyMapDialog open={layer === 'keys'} onClose={close} />
    </>
  )
}
