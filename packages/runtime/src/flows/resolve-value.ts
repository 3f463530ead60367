import type { FlowReference } from './parse-reference.ts'
import type { FlowValue } from './parse-value.ts'

/** What references can lead to while a flow runs. A bypassed node has the output null. */
export type FlowState = {
  readonly inputs: Readonly<Record<string, unknown>>
  readonly outputs: ReadonlyMap<string, unknown>
}

/** The value with every reference replaced. A path that leads nowhere is null, as in prompt flow. */
export function resolveValue(value: FlowValue, state: FlowState): unknown {
  switch (value.kind) {
    case 'literal':
      return value.value
    case 'reference':
      return resolveReference(value.reference, state)
    case 'text':
      return value.parts
        .map((part) => (typeof part === 'string' ? part : printValue(resolveReference(part, state))))
        .join('')
    case 'list':
      return value.items.map((item) => resolveValue(item, state))
    case 'object':
      return Object.fromEntries(
        Object.entries(value.fields).map(([key, item]) => [key, resolveValue(item, state)]),
      )
  }
}

/** What a reference leads to; only own properties and list places are looked at. */
export function resolveReference(reference: FlowReference, state: FlowState): unknown {
  const root =
    reference.kind === 'input' ? ownField(state.inputs, reference.name) : state.outputs.get(reference.name)
  let value: unknown = root
  for (const part of reference.path) {
    value = typeof part === 'number' ? itemAt(value, part) : ownField(value, part)
    if (value === undefined) return null
  }
  return value === undefined ? null : value
}

/** A value as it reads inside of a text: text as it is, nothing for null, JSON for the rest. */
export function printValue(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : (JSON.stringify(value) ?? '')
}

function ownField(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined
}

function itemAt(value: unknown, index: number): unknown {
  return Array.isArray(value) ? (value as unknown[]).at(index) : undefined
}
