export type JsonStep = string | number

/** Writes steps as a path people paste into code: `choices[0].message["content-type"]`. The root is `$`. */
export function printJsonPath(steps: readonly JsonStep[]): string {
  if (steps.length === 0) return '$'
  return steps
    .map((step, index) => {
      if (typeof step === 'number') return `[${String(step)}]`
      // A field named like the root would be taken for it.
      if (step === '$' || !/^[A-Za-z_$][\w$]*$/.test(step)) return `[${JSON.stringify(step)}]`
      return index === 0 ? step : `.${step}`
    })
    .join('')
}

/** The children of a value, in order; nothing for text, numbers and the like. */
export function childrenOf(value: unknown): readonly (readonly [JsonStep, unknown])[] {
  if (Array.isArray(value)) return value.map((item, index) => [index, item] as const)
  if (typeof value === 'object' && value !== null) return Object.entries(value)
  return []
}

/**
 * The paths (as printed) that a search must open: those of values whose key or text contains the words, and their
 * parents. Stops after 500 hits so that a huge document stays usable.
 */
export function findInJson(
  root: unknown,
  words: string,
): { readonly open: ReadonlySet<string>; readonly hits: ReadonlySet<string> } {
  const open = new Set<string>()
  const hits = new Set<string>()
  const needle = words.toLowerCase()
  const visit = (value: unknown, steps: readonly JsonStep[]): boolean => {
    if (hits.size >= 500) return false
    const own = `${String(steps.at(-1) ?? '')} ${typeof value === 'object' ? '' : textOf(value)}`
      .toLowerCase()
      .includes(needle)
    let inside = false
    for (const [step, child] of childrenOf(value)) inside = visit(child, [...steps, step]) || inside
    const path = printJsonPath(steps)
    if (own) hits.add(path)
    if (inside) open.add(path)
    return own || inside
  }
  if (needle !== '') visit(root, [])
  return { open, hits }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
