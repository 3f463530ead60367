import { Search, X } from 'lucide-react'
import { type KeyboardEvent, type ReactElement, useId, useMemo, useRef, useState } from 'react'
import { IconButton } from '../controls/icon-button.tsx'
import { Kbd } from '../keyboard/kbd.tsx'
import { useHotkeys } from '../keyboard/use-hotkeys.ts'
import { parseQuery } from './parse-query.ts'
import { QueryMirror } from './query-mirror.tsx'
import type { QueryField } from './query-terms.ts'
import { type Suggestion, suggestTerms } from './suggest-terms.ts'
import { SuggestionList } from './suggestion-list.tsx'

/**
 * A typed filter. "/" focuses it, Enter applies it, Esc leaves it. The applied text is the page's (URL); the draft is
 * ours until Enter. A draft with problems is not applied; the first problem is shown below.
 */
export function QueryBar(props: {
  readonly value: string
  readonly onApply: (query: string) => void
  readonly fields: readonly QueryField[]
  readonly label: string
  readonly placeholder?: string
}): ReactElement {
  const [draft, setDraft] = useState({ text: props.value, applied: props.value })
  // The applied query changed elsewhere (a facet, the back button): the draft follows.
  if (draft.applied !== props.value) setDraft({ text: props.value, applied: props.value })
  const text = draft.text
  const [caret, setCaret] = useState(text.length)
  const [isFocused, setIsFocused] = useState(false)
  const [chosen, setChosen] = useState(-1)
  const [isClosed, setIsClosed] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const listId = useId()
  const parsed = useMemo(() => parseQuery(text, props.fields), [text, props.fields])
  const suggestions = useMemo(
    () => (isFocused && !isClosed ? suggestTerms(text, caret, parsed, props.fields) : []),
    [isFocused, isClosed, text, caret, parsed, props.fields],
  )
  // What is applied has been judged by the server, and the page says so.
  const problem = text === props.value ? undefined : parsed.problems[0]
  useHotkeys([
    {
      keys: '/',
      label: `Focus the ${props.label.toLowerCase()}`,
      group: 'List',
      run: () => input.current?.focus(),
    },
  ])

  const change = (next: string, at: number): void => {
    setDraft({ text: next, applied: props.value })
    setCaret(at)
    setChosen(-1)
    setIsClosed(false)
  }
  const accept = (suggestion: Suggestion): void => {
    const next = text.slice(0, suggestion.start) + suggestion.insert + text.slice(suggestion.end).trimStart()
    const at = suggestion.start + suggestion.insert.length
    change(next, at)
    requestAnimationFrame(() => input.current?.setSelectionRange(at, at))
  }
  const apply = (next: string): void => {
    // The suggestions make room for the problem.
    setIsClosed(true)
    if (parseQuery(next, props.fields).problems.length > 0) return
    props.onApply(next.trim())
  }
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const suggestion =
      suggestions[chosen] ?? (event.key === 'Tab' && text !== '' ? suggestions[0] : undefined)
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowDown' && suggestions.length > 0) setChosen((chosen + 1) % suggestions.length)
    else if (event.key === 'ArrowUp' && suggestions.length > 0)
      setChosen(chosen <= 0 ? suggestions.length - 1 : chosen - 1)
    else if ((event.key === 'Enter' || event.key === 'Tab') && suggestion !== undefined && !event.shiftKey)
      accept(suggestion)
    else if (event.key === 'Enter') apply(text)
    else if (event.key === 'Escape' && suggestions.length > 0) setIsClosed(true)
    else if (event.key === 'Escape') input.current?.blur()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div className="relative min-w-0 flex-1 max-sm:basis-full">
      <div className="relative flex h-8 items-center rounded-control border border-line-control bg-bg pr-0.5 pl-8 focus-within:outline-2 focus-within:-outline-offset-1 focus-within:outline-accent">
        <Search size={14} className="absolute left-2.5 text-faint" aria-hidden />
        <QueryMirror text={text} parsed={parsed} input={input}>
          <input
            ref={input}
            role="combobox"
            aria-label={props.label}
            aria-expanded={suggestions.length > 0}
            aria-controls={listId}
            aria-autocomplete="list"
            aria-activedescendant={chosen >= 0 ? `${listId}-${String(chosen)}` : undefined}
            aria-invalid={problem !== undefined}
            value={text}
            placeholder={props.placeholder}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) =>
              change(event.target.value, event.target.selectionStart ?? event.target.value.length)
            }
            onSelect={(event) => setCaret(event.currentTarget.selectionStart ?? 0)}
            onFocus={() => {
              setIsFocused(true)
              setIsClosed(false)
            }}
            onBlur={() => setIsFocused(false)}
            onKeyDown={onKeyDown}
            className="relative w-full bg-transparent text-transparent caret-ink outline-none selection:text-transparent"
          />
        </QueryMirror>
        {text === '' ? (
          <span className="px-1.5">{!isFocused && <Kbd keys="/" />}</span>
        ) : (
          <IconButton
            label="Clear the query"
            icon={<X size={14} />}
            onClick={() => {
              change('', 0)
              props.onApply('')
            }}
          />
        )}
      </div>
      <SuggestionList id={listId} suggestions={suggestions} chosen={chosen} onAccept={accept} />
      {problem !== undefined && suggestions.length === 0 && (
        <output className="absolute top-full left-0 z-10 mt-1 rounded-control border border-line bg-bad-bg px-2 py-1 text-small text-bad">
          {problem.message}
        </output>
      )}
    </div>
  )
}
