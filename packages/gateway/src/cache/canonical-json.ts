const deepest = 200

/**
 * JSON text that is the same for all ways of writing a value: names sorted, no white space. Undefined when two
 * different texts could give the same one: for numbers that lose digits when they are read, and for values that are
 * nested too deeply to look at. Top-level fields in `left` are left out.
 */
export function canonicalJson(
  value: { readonly [name: string]: unknown },
  left: ReadonlySet<string> = nothing,
): string | undefined {
  const writer = new CanonicalWriter()
  writer.writeObject(value, left, 0)
  return writer.isExact ? writer.text : undefined
}

/** How many names all objects of a value have together. */
export function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  // A loop over what is left to look at, because a hostile body may be nested deeper than the stack.
  const left: object[] = [value]
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const members: unknown[] = Array.isArray(next) ? next : Object.values(next)
    if (!Array.isArray(next)) count += members.length
    for (const member of members) if (typeof member === 'object' && member !== null) left.push(member)
  }
  return count
}

const nothing: ReadonlySet<string> = new Set()

class CanonicalWriter {
  text = ''
  isExact = true

  writeObject(value: object, left: ReadonlySet<string>, depth: number): void {
    this.text += '{'
    let isFirst = true
    for (const [name, member] of Object.entries(value).sort(byName)) {
      if (left.has(name)) continue
      this.text += `${isFirst ? '' : ','}${JSON.stringify(name)}:`
      isFirst = false
      this.#write(member, depth + 1)
    }
    this.text += '}'
  }

  #write(value: unknown, depth: number): void {
    if (depth > deepest) this.isExact = false
    if (!this.isExact) return
    if (typeof value === 'string') this.text += JSON.stringify(value)
    else if (typeof value === 'number') this.#writeNumber(value)
    else if (value === null || typeof value !== 'object') this.text += String(value)
    else if (Array.isArray(value)) this.#writeArray(value, depth)
    else this.writeObject(value, nothing, depth)
  }

  #writeArray(values: readonly unknown[], depth: number): void {
    this.text += '['
    for (const [index, value] of values.entries()) {
      if (index > 0) this.text += ','
      this.#write(value, depth + 1)
    }
    this.text += ']'
  }

  #writeNumber(value: number): void {
    const isLossy = Number.isInteger(value) ? !Number.isSafeInteger(value) : !Number.isFinite(value)
    if (isLossy) this.isExact = false
    else this.text += String(value)
  }
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1
}
