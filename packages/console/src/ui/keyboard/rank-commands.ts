import type { ReactNode } from 'react'

/** Something the palette can do. */
export type Command = {
  readonly id: string
  readonly group: string
  readonly label: string
  readonly icon?: ReactNode
  readonly keys?: string
  /** Further words it is found by. */
  readonly words?: string
  readonly run: () => void
}

/**
 * Commands that contain every typed word, best first: a label that starts with the words, then a label
 * with a word that does, then the rest. Groups keep together in the order of their best match.
 */
export function rankCommands<C extends Pick<Command, 'label' | 'group' | 'words'>>(
  commands: readonly C[],
  typed: string,
): C[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return [...commands]
  const scored = commands
    .map((command) => ({ command, score: scoreOf(command, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
  const groups = [...new Set(scored.map(({ command }) => command.group))]
  return groups.flatMap((group) =>
    scored.filter(({ command }) => command.group === group).map(({ command }) => command),
  )
}

function scoreOf(command: Pick<Command, 'label' | 'group' | 'words'>, words: readonly string[]): number {
  const label = command.label.toLowerCase()
  const found = `${label} ${command.words ?? ''}`.toLowerCase()
  const group = command.group.toLowerCase()
  // One letter of "Go to" would match every page.
  const fits = (word: string): boolean => found.includes(word) || (word.length > 2 && group.startsWith(word))
  if (!words.every(fits)) return 0
  if (label.startsWith(words.join(' '))) return 3
  return words.every((word) => label.split(/\s+/).some((part) => part.startsWith(word))) ? 2 : 1
}
