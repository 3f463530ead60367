import { Monitor, Moon, Sun } from 'lucide-react'
import { type ReactElement, useState } from 'react'
import { IconButton } from '../ui/controls/icon-button.tsx'
import { readStored, writeStored } from '../ui/stored-value.ts'

const choices = ['system', 'light', 'dark'] as const
type Choice = (typeof choices)[number]
const icons = { system: <Monitor size={15} />, light: <Sun size={15} />, dark: <Moon size={15} /> }

/** Sets the theme now and for the next visit (public/theme.js reads the same preference before the first paint). */
export function applyTheme(choice: Choice): void {
  writeStored('theme', choice === 'system' ? undefined : choice)
  if (choice === 'system') delete document.documentElement.dataset['theme']
  else document.documentElement.dataset['theme'] = choice
}

/** System, light, dark, in turn. */
export function ThemeSwitch(): ReactElement {
  const [choice, setChoice] = useState<Choice>(
    () => choices.find((known) => known === readStored('theme')) ?? 'system',
  )
  const next = choices[(choices.indexOf(choice) + 1) % choices.length] ?? 'system'
  return (
    <IconButton
      label={`Theme: ${choice}. Switch to ${next}`}
      icon={icons[choice]}
      onClick={() => {
        applyTheme(next)
        setChoice(next)
      }}
    />
  )
}
