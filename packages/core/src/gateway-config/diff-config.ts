import type { ConfigChange, GatewayConfig } from '@ratchet/contract'

type Json = Exclude<ConfigChange['after'], undefined>
type FieldChange = ConfigChange['fields'][number]

/** The lists of a configuration, in the order in which they are shown. */
export const configSections = [
  'routes',
  'limits',
  'budgets',
  'prices',
  'caches',
  'guardrails',
] as const satisfies (keyof GatewayConfig)[]
export type ConfigSection = (typeof configSections)[number]

/**
 * What changes from one configuration to another, by section and item. The order of items means nothing and is no
 * change; within an item it does.
 */
export function diffConfig(before: GatewayConfig, after: GatewayConfig): ConfigChange[] {
  const lists = configSections.flatMap((section) => {
    const [old, next] = [itemsOf(before, section), itemsOf(after, section)]
    const names = new Set([...old.keys(), ...next.keys()])
    return [...names].flatMap((name) => diffItem(section, name, old.get(name), next.get(name)) ?? [])
  })
  const defaults = diffItem('defaults', 'defaults', jsonOf(before.defaults), jsonOf(after.defaults))
  return [...lists, ...(defaults ? [defaults] : [])]
}

/** What an item is called: prices by their model, all others by name. */
export function itemName(item: { readonly name: string } | { readonly model: string }): string {
  return 'name' in item ? item.name : item.model
}

function itemsOf(config: GatewayConfig, section: ConfigSection): Map<string, Json> {
  return new Map(config[section].map((item) => [itemName(item), jsonOf(item)]))
}

/** Through JSON: what is undefined is absent there, as it is in the stored form. */
function jsonOf(item: object): Json {
  return JSON.parse(JSON.stringify(item)) as Json
}

function diffItem(
  section: string,
  name: string,
  before: Json | undefined,
  after: Json | undefined,
): ConfigChange | undefined {
  if (before === undefined) return { kind: 'added', section, name, fields: [], after }
  if (after === undefined) return { kind: 'removed', section, name, fields: [], before }
  const fields = diffJson('', before, after)
  return fields.length === 0 ? undefined : { kind: 'changed', section, name, fields, before, after }
}

function diffJson(path: string, before: Json, after: Json): FieldChange[] {
  if (Array.isArray(before) && Array.isArray(after)) return diffArrays(path, before, after)
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)])
    return [...keys].flatMap((key) =>
      diffField(path === '' ? key : `${path}.${key}`, before[key], after[key]),
    )
  }
  return before === after ? [] : [{ path, before, after }]
}

function diffField(path: string, before: Json | undefined, after: Json | undefined): FieldChange[] {
  if (before === undefined) return after === undefined ? [] : [{ path, after }]
  return after === undefined ? [{ path, before }] : diffJson(path, before, after)
}

/** One element put into a list is one change, not a change of every element behind it. */
function diffArrays(path: string, before: readonly Json[], after: readonly Json[]): FieldChange[] {
  const shorter = Math.min(before.length, after.length)
  let head = 0
  if (before.length !== after.length) while (head < shorter && isSame(before[head], after[head])) head += 1
  let tail = 0
  if (before.length !== after.length) {
    while (tail < shorter - head && isSame(before.at(-1 - tail), after.at(-1 - tail))) tail += 1
  }
  const count = Math.max(before.length, after.length) - head - tail
  return Array.from({ length: count }, (_, offset) => head + offset).flatMap((index) =>
    diffField(
      `${path}[${index}]`,
      index < before.length - tail ? before[index] : undefined,
      index < after.length - tail ? after[index] : undefined,
    ),
  )
}

function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
