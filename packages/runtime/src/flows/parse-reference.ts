/** A place in the inputs or in the output of a node. */
export type FlowReference =
  | { readonly kind: 'input'; readonly name: string; readonly path: readonly (string | number)[] }
  | { readonly kind: 'node'; readonly name: string; readonly path: readonly (string | number)[] }

/** Either the reference, or why the text is none; ready for people. */
export type ParsedReference =
  | { readonly ok: true; readonly reference: FlowReference }
  | { readonly ok: false; readonly message: string; readonly suggestion: string }

const part =
  /(?:\.([A-Za-z_][A-Za-z0-9_-]*)|\[(-?\d{1,9})\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\])/y

/**
 * Parses what stands in `${…}`: `inputs.question`, `find.output`, `find.output.sources[0]['title']`.
 * `flow.x` is the older word for `inputs.x`.
 */
export function parseReference(text: string): ParsedReference {
  const trimmed = text.trim()
  const root = /^[A-Za-z_][A-Za-z0-9_-]*/.exec(trimmed)?.[0]
  if (root === undefined) return refuse(trimmed, 'Write ${inputs.name} or ${node.output}.')
  const path: (string | number)[] = []
  part.lastIndex = root.length
  while (part.lastIndex < trimmed.length) {
    const match = part.exec(trimmed)
    if (!match) return refuse(trimmed, "Go into values with .name, [0] or ['name'].")
    const [, name, index, single, double] = match
    if (index !== undefined) path.push(Number(index))
    else path.push(name ?? (single ?? double ?? '').replace(/\\(.)/g, '$1'))
  }
  const [first, ...rest] = path
  if (root === 'inputs' || root === 'flow') {
    return typeof first === 'string'
      ? { ok: true, reference: { kind: 'input', name: first, path: rest } }
      : refuse(trimmed, 'Name an input: ${inputs.question}.')
  }
  if (first !== 'output')
    return refuse(
      trimmed,
      `Write \${${root}.output} for the result of a node, or \${inputs.${root}} for an input.`,
    )
  return { ok: true, reference: { kind: 'node', name: root, path: rest } }
}

/** The reference in its plain form, without `${}`. */
export function printReference(reference: FlowReference): string {
  const root = reference.kind === 'input' ? `inputs.${reference.name}` : `${reference.name}.output`
  return root + reference.path.map(printPart).join('')
}

function printPart(part: string | number): string {
  if (typeof part === 'number') return `[${part}]`
  return /^[A-Za-z_][A-Za-z0-9_-]*$/.test(part) ? `.${part}` : `['${part.replace(/[\\']/g, '\\$&')}']`
}

function refuse(text: string, suggestion: string): ParsedReference {
  return { ok: false, message: `"\${${text}}" is not a reference.`, suggestion }
}
