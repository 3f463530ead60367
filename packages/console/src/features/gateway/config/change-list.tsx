import { leanItem, type ConfigChange } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { printYaml } from './print-yaml.ts'

const signs = { added: '+', changed: '~', removed: '−' } as const
const looks = { added: 'text-ok', changed: 'text-warn', removed: 'text-bad' } as const
const singular: Readonly<Record<string, string>> = {
  routes: 'route',
  limits: 'limit',
  budgets: 'budget',
  prices: 'price',
  caches: 'cache policy',
  guardrails: 'guardrail',
}

/** What differs between two configurations, item by item: fields of what changed, the whole of what comes or goes. */
export function ChangeList(props: { readonly changes: readonly ConfigChange[] }): ReactElement {
  return (
    <ul className="flex flex-col gap-3" aria-label="Changes">
      {props.changes.map((change) => (
        <li key={`${change.section} ${change.name}`} className="min-w-0 rounded-control border border-line">
          <p className="flex items-center gap-2 border-b border-line px-3 py-1">
            <span className={`w-3 text-center font-mono ${looks[change.kind]}`} aria-hidden>
              {signs[change.kind]}
            </span>
            <span className="min-w-0 truncate font-medium">
              {singular[change.section] ?? change.section} {change.section === 'defaults' ? '' : change.name}
            </span>
            <span className={`ml-auto text-small ${looks[change.kind]}`}>{change.kind}</span>
          </p>
          <pre className="max-h-80 overflow-auto px-3 py-2 font-mono text-small leading-5 whitespace-pre-wrap">
            <Body change={change} />
          </pre>
        </li>
      ))}
    </ul>
  )
}

function Body(props: { readonly change: ConfigChange }): ReactElement {
  const { kind, section, fields, before, after } = props.change
  if (kind !== 'changed') {
    const text = printYaml(leanItem(section, kind === 'added' ? after : before)).trimEnd()
    return <Block sign={signs[kind]} look={looks[kind]} text={text} />
  }
  return (
    <>
      {fields.map((field) => (
        <span key={field.path} className="block">
          <span className="tok-propertyName">{field.path}</span>
          {field.before !== undefined && (
            <Block sign="−" look="rounded-mark bg-bad-bg text-bad" text={show(field.before)} />
          )}
          {field.after !== undefined && (
            <Block sign="+" look="rounded-mark bg-ok-bg text-ok" text={show(field.after)} />
          )}
        </span>
      ))}
    </>
  )
}

function Block(props: { readonly sign: string; readonly look: string; readonly text: string }): ReactElement {
  return (
    <span className={`block px-1 break-words ${props.look}`}>
      {props.text.split('\n').map((line, index) => (
        <span key={`${String(index)}-${line}`} className="block">
          {props.sign} {line}
        </span>
      ))}
    </span>
  )
}

function show(value: unknown): string {
  return typeof value === 'object' && value !== null ? printYaml(value).trimEnd() : JSON.stringify(value)
}
