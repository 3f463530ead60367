import { leanItem, type ConfigChange } from '@ratchet/contract'
import { stringify } from 'yaml'
import type { Paint } from '../render/paint.ts'
import { isPending, previewOf, type ConnectionStep } from './plan-connections.ts'

type Field = ConfigChange['fields'][number]

/** Changes as a person reads them: `+` comes, `-` goes, `~` changes from one value to another. */
export function renderChanges(changes: readonly ConfigChange[], paint: Paint): string {
  return changes.map((change) => renderChange(change, paint)).join('\n')
}

function renderChange({ kind, section, name, fields, before, after }: ConfigChange, paint: Paint): string {
  const title = section === 'defaults' ? 'defaults' : `${singular(section)} ${name}`
  if (kind === 'added') return paint.good(block('+', title, leanItem(section, after)))
  if (kind === 'removed') return paint.bad(block('-', title, leanItem(section, before)))
  return [paint.warn(`~ ${title}`), ...fields.map((field) => renderField(field, paint))].join('\n')
}

function block(sign: string, title: string, item: unknown): string {
  const text = stringify(withoutName(item), { lineWidth: 100 }).trimEnd()
  const lines = text === '{}' ? [] : text.split('\n')
  return [`${sign} ${title}`, ...lines.map((line) => `${sign}     ${line}`)].join('\n')
}

function withoutName(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item
  const { name: _, ...rest } = { ...item, name: undefined }
  return rest
}

function renderField({ path, before, after }: Field, paint: Paint): string {
  if (before === undefined) return paint.good(`  + ${path}: ${show(after)}`)
  if (after === undefined) return paint.bad(`  - ${path}: ${show(before)}`)
  return `  ~ ${path}: ${paint.bad(show(before))} → ${paint.good(show(after))}`
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 119)}…` : text
}

const singulars: Readonly<Record<string, string>> = { caches: 'cache', guardrails: 'guardrail' }

function singular(section: string): string {
  return singulars[section] ?? section.replace(/s$/, '')
}

/** What has to be done for connections, without those that are as they should be. */
export function renderConnections(steps: readonly ConnectionStep[], paint: Paint): string {
  return steps
    .filter(isPending)
    .map(({ file, change, newKeys }) => {
      const keys = newKeys.map((key) => paint.good(`  + key …${previewOf(key)}`))
      const title =
        change.kind === 'added'
          ? paint.good(`+ connection ${file.name} (${file.provider})`)
          : paint.warn(`~ connection ${file.name}`)
      return [title, ...change.fields.map((field) => renderField(field, paint)), ...keys].join('\n')
    })
    .join('\n')
}
