import type { TemplateValue } from './template-node.ts'

/** Why a value cannot be used: it is too large, or holds a namespace. */
export type SizeProblem = 'too-large' | 'holds-namespace'

/**
 * Measures values as they would be written out, so that a list which holds itself a million times over is seen
 * before anything expands it. Lists and objects never change after they are made, so each is measured once;
 * namespaces do change and therefore may not stand inside of other values.
 */
export class ValueSizes {
  readonly #known = new WeakMap<object, number>()
  readonly #limit: number

  constructor(limit: number) {
    this.#limit = limit
  }

  check(value: TemplateValue): SizeProblem | undefined {
    const size = this.#measure(value)
    if (typeof size !== 'number') return size
    return size > this.#limit ? 'too-large' : undefined
  }

  #measure(value: TemplateValue): number | SizeProblem {
    if (typeof value.value === 'string') return value.value.length
    const parts = partsOf(value)
    if (parts === undefined) return 8
    const known = this.#known.get(value)
    if (known !== undefined) return known
    let size = 2
    for (const part of parts) {
      if (part.type === 'NamespaceValue') return 'holds-namespace'
      const measured = this.#measure(part)
      if (typeof measured !== 'number') return measured
      size += measured + 2
      if (size > this.#limit) return 'too-large'
    }
    if (value.type !== 'NamespaceValue') this.#known.set(value, size)
    return size
  }
}

function partsOf(value: TemplateValue): Iterable<TemplateValue> | undefined {
  const inside: unknown = value.value
  if (Array.isArray(inside)) return inside as TemplateValue[]
  return inside instanceof Map ? (inside as Map<string, TemplateValue>).values() : undefined
}
