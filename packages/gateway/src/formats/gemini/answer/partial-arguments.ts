import type { JsonObject } from '../../parse-json.ts'
import { field, numberField, objectsField, textField } from '../read-field.ts'

type Slot = { [step: string]: unknown } | unknown[]

/** A longer list in arguments is nobody's. */
const maxIndex = 10_000

/**
 * Arguments that come piece by piece, each with the JSON path of its place ("$.address.lines[0]"). Pieces of a text
 * join; anything else is set at once.
 */
export class PartialArguments {
  readonly #root: { [step: string]: unknown } = {}

  take(call: JsonObject): void {
    for (const piece of objectsField(call, 'partialArgs')) this.#set(piece)
  }

  toJson(): string {
    return JSON.stringify(this.#root)
  }

  #set(piece: JsonObject): void {
    const steps = readPath(textField(piece, 'jsonPath') ?? '')
    const last = steps?.pop()
    if (steps === undefined || last === undefined) return
    let slot: Slot = this.#root
    for (const [index, step] of steps.entries()) {
      const next = steps[index + 1] ?? last
      const known: unknown = read(slot, step)
      const inner: Slot = isSlot(known) ? known : typeof next === 'number' ? [] : {}
      if (inner !== known) write(slot, step, inner)
      slot = inner
    }
    const before = read(slot, last)
    const text = textField(piece, 'stringValue')
    if (text !== undefined) write(slot, last, typeof before === 'string' ? before + text : text)
    else write(slot, last, numberField(piece, 'numberValue') ?? field(piece, 'boolValue') ?? null)
  }
}

function isSlot(value: unknown): value is Slot {
  return typeof value === 'object' && value !== null
}

function read(slot: Slot, step: string | number): unknown {
  if (Array.isArray(slot)) return typeof step === 'number' ? slot[step] : undefined
  return Object.hasOwn(slot, step) ? slot[step] : undefined
}

function write(slot: Slot, step: string | number, value: unknown): void {
  if (Array.isArray(slot)) {
    if (typeof step === 'number') slot[step] = value
  } else Object.defineProperty(slot, step, { value, enumerable: true, configurable: true, writable: true })
}

/** Steps of a path such as `$.a.b[0]` or `$['a b']`; undefined when it is none. */
function readPath(path: string): (string | number)[] | undefined {
  const steps: (string | number)[] = []
  const step = /\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y
  step.lastIndex = path.startsWith('$') ? 1 : 0
  while (step.lastIndex < path.length) {
    const found = step.exec(path)
    if (found === null) return undefined
    const [, name, index, single, double] = found
    if (index !== undefined && Number(index) > maxIndex) return undefined
    steps.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index))
  }
  return steps
}
