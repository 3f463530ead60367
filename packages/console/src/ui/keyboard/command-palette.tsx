/* eslint-disable jsx-a11y/prefer-tag-over-role -- a combobox list: native options cannot hold more than text */
import { Dialog as BaseDialog } from '@base-ui/react/dialog'
import { type KeyboardEvent, type ReactElement, useEffect, useId, useMemo, useRef, useState } from 'react'
import { classes } from '../classes.ts'
import { popupSurface } from '../controls/popup-look.ts'
import { Kbd } from './kbd.tsx'
import { type Command, rankCommands } from './rank-commands.ts'

/** Cmd/Ctrl+K: go to a page, do something, or (through `search`) open what was typed. */
export function CommandPalette(props: {
  readonly open: boolean
  readonly onClose: () => void
  readonly commands: readonly Command[]
  /** Commands made from the typed words, such as opening a trace by its id. Listed first. */
  readonly search?: (words: string) => readonly Command[]
}): ReactElement {
  return (
    <BaseDialog.Root open={props.open} onOpenChange={(open) => !open && props.onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-overlay transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Popup
          aria-label="Command palette"
          className={classes(
            popupSurface,
            'fixed top-[12vh] left-1/2 z-40 w-[min(560px,calc(100vw-32px))] -translate-x-1/2 overflow-hidden',
          )}
        >
          <PaletteBody {...props} />
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  )
}

function PaletteBody(props: Parameters<typeof CommandPalette>[0]): ReactElement {
  const [words, setWords] = useState('')
  const [index, setIndex] = useState(0)
  const listId = useId()
  const list = useRef<HTMLDivElement>(null)
  const { commands, search } = props
  const matches = useMemo(
    // What was typed is first of all the name of something; searching for it comes after.
    () => [...rankCommands(commands, words), ...(search?.(words.trim()) ?? [])],
    [commands, search, words],
  )
  const chosen = Math.min(index, Math.max(0, matches.length - 1))
  useEffect(() => {
    list.current?.querySelector(`[data-index="${String(chosen)}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [chosen])

  const run = (command: Command | undefined): void => {
    if (command === undefined) return
    props.onClose()
    command.run()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined && matches.length > 0) setIndex((chosen + step + matches.length) % matches.length)
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(matches[chosen])
    else return
    event.preventDefault()
  }
  return (
    <>
      <input
        role="combobox"
        aria-label="Go to, do, or search"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={matches[chosen] === undefined ? undefined : `${listId}-${String(chosen)}`}
        placeholder="Go to a page, do something, or paste a trace id"
        value={words}
        spellCheck={false}
        onChange={(event) => {
          setWords(event.target.value)
          setIndex(0)
        }}
        onKeyDown={onKeyDown}
        className="h-11 w-full border-b border-line bg-transparent px-4 text-lead outline-none"
      />
      <div
        ref={list}
        id={listId}
        role="listbox"
        aria-label="Matches"
        className="max-h-80 overflow-y-auto p-1"
      >
        {matches.length === 0 && (
          <p className="px-3 py-6 text-center text-muted">Nothing matches “{words}”.</p>
        )}
        {matches.map((command, at) => (
          <div key={command.id} role="presentation">
            {command.group !== matches[at - 1]?.group && (
              <p className="px-3 pt-2 pb-1 text-small text-faint">{command.group}</p>
            )}
            {/* The input keeps the focus and moves the choice, as in every combobox. */}
            {/* eslint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus */}
            <div
              role="option"
              id={`${listId}-${String(at)}`}
              data-index={at}
              aria-selected={at === chosen}
              onPointerMove={() => setIndex(at)}
              onClick={() => run(command)}
              className={classes(
                'flex h-8 items-center gap-2.5 rounded-mark px-3',
                at === chosen && 'bg-active',
              )}
            >
              <span className="flex w-4 text-muted">{command.icon}</span>
              <span className="flex-1 truncate">{command.label}</span>
              {command.keys !== undefined && <Kbd keys={command.keys} />}
            </div>
          </div>
        ))}
      </div>
    </>
  )
}
