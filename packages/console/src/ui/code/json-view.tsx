/* eslint-disable jsx-a11y/prefer-tag-over-role -- a tree: HTML has no element for it */
import { ChevronRight, Search } from 'lucide-react'
import { type ReactElement, useDeferredValue, useMemo, useState } from 'react'
import { classes } from '../classes.ts'
import { IconButton } from '../controls/icon-button.tsx'
import { Input } from '../controls/input.tsx'
import { CopyButton } from './copy-button.tsx'
import { childrenOf, findInJson, type JsonStep, printJsonPath } from './json-path.ts'

type Search = {
  readonly words: string
  readonly open: ReadonlySet<string>
  readonly hits: ReadonlySet<string>
}

/** Any JSON value as a tree. Branches draw when opened; search opens what it finds; each line copies its path. */
export function JsonView(props: {
  readonly value: unknown
  readonly label: string
  readonly openDepth?: number
}): ReactElement {
  const [words, setWords] = useState('')
  const [isSearching, setIsSearching] = useState(false)
  const deferred = useDeferredValue(words)
  const search = useMemo(
    () => ({ words: deferred, ...findInJson(props.value, deferred) }),
    [props.value, deferred],
  )
  return (
    <div className="group/json relative font-mono text-small leading-5">
      <div className="absolute top-0 right-0 z-10 flex items-center rounded-control bg-bg opacity-0 transition-opacity group-focus-within/json:opacity-100 group-hover/json:opacity-100">
        {isSearching && (
          <div className="w-44">
            <Input
              value={words}
              onChange={setWords}
              label={`Search in ${props.label}`}
              placeholder="Search keys and values"
              startsFocused
            />
          </div>
        )}
        {isSearching && words !== '' && (
          <span className="px-2 font-sans text-faint">{search.hits.size} found</span>
        )}
        <IconButton
          label={isSearching ? 'Close search' : `Search in ${props.label}`}
          icon={<Search size={13} />}
          pressed={isSearching}
          onClick={() => {
            setIsSearching(!isSearching)
            setWords('')
          }}
        />
        <CopyButton text={() => JSON.stringify(props.value, null, 2)} label={`Copy ${props.label} as JSON`} />
      </div>
      <div role="tree" aria-label={props.label} className="pl-4">
        <JsonNode value={props.value} steps={[]} openDepth={props.openDepth ?? 2} search={search} />
      </div>
    </div>
  )
}

const firstChildren = 100

function JsonNode(props: {
  readonly value: unknown
  readonly steps: readonly JsonStep[]
  readonly openDepth: number
  readonly search: Search
}): ReactElement {
  const { value, steps, search } = props
  const children = childrenOf(value)
  const path = printJsonPath(steps)
  const [choice, setChoice] = useState<boolean>()
  const [limit, setLimit] = useState(firstChildren)
  const isOpen = search.words === '' ? (choice ?? steps.length < props.openDepth) : search.open.has(path)
  const isHit = search.words !== '' && search.hits.has(path)
  const name = steps.at(-1)
  const isBranch = children.length > 0
  return (
    <div
      role="treeitem"
      aria-expanded={isBranch ? isOpen : undefined}
      aria-selected={false}
      className={steps.length > 0 ? 'pl-4' : undefined}
    >
      <div className={classes('group/line flex items-start gap-1 rounded-mark', isHit && 'bg-warn-bg')}>
        {isBranch ? (
          <button
            type="button"
            aria-label={`${isOpen ? 'Close' : 'Open'} ${path}`}
            onClick={() => setChoice(!isOpen)}
            className="-ml-4 flex h-5 w-4 shrink-0 items-center justify-center text-faint hover:text-ink"
          >
            <ChevronRight
              size={12}
              className={classes('transition-transform', isOpen && 'rotate-90')}
              aria-hidden
            />
          </button>
        ) : undefined}
        <span className="min-w-0 break-words whitespace-pre-wrap">
          {name !== undefined && <span className="tok-propertyName">{name}</span>}
          {name !== undefined && <span className="text-faint">: </span>}
          <JsonLeaf value={value} isOpen={isOpen} count={children.length} />
        </span>
        {name !== undefined && (
          <span className="-my-1 opacity-0 group-hover/line:opacity-100 focus-within:opacity-100">
            <CopyButton text={path} label={`Copy path ${path}`} />
          </span>
        )}
      </div>
      {isBranch && isOpen && (
        <div role="group">
          {children.slice(0, limit).map(([step, child]) => (
            <JsonNode
              key={step}
              value={child}
              steps={[...steps, step]}
              openDepth={props.openDepth}
              search={search}
            />
          ))}
          {children.length > limit && (
            <button
              type="button"
              onClick={() => setLimit(limit + 500)}
              className="pl-4 font-sans text-muted hover:text-ink"
            >
              {children.length - limit} more
            </button>
          )}
        </div>
      )}
    </div>
  )
}

const longText = 600

function JsonLeaf(props: {
  readonly value: unknown
  readonly isOpen: boolean
  readonly count: number
}): ReactElement {
  const { value, count } = props
  const [isFull, setIsFull] = useState(false)
  if (Array.isArray(value))
    return (
      <span className="text-faint">
        {props.isOpen ? '[' : `[ ${String(count)} items ]`}
        {props.isOpen && count === 0 && ']'}
      </span>
    )
  if (typeof value === 'object' && value !== null) {
    return (
      <span className="text-faint">
        {props.isOpen ? '{' : `{ ${String(count)} keys }`}
        {props.isOpen && count === 0 && '}'}
      </span>
    )
  }
  if (typeof value !== 'string') return <span className="tok-number">{String(value)}</span>
  const isCut = value.length > longText && !isFull
  return (
    <span className="tok-string">
      "{isCut ? value.slice(0, longText) : value}"
      {isCut && (
        <button
          type="button"
          onClick={() => setIsFull(true)}
          className="pl-1 font-sans text-muted hover:text-ink"
        >
          … {value.length - longText} more characters
        </button>
      )}
    </span>
  )
}
