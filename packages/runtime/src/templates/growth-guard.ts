import type { TemplateValue } from './template-node.ts'

/** Filters and methods whose result can be far larger than what they are given. */
export const growingNames: ReadonlySet<string> = new Set(['replace', 'join', 'indent', 'tojson'])

export type CallArguments = {
  readonly positional: readonly TemplateValue[]
  readonly named: ReadonlyMap<string, TemplateValue>
}

/** An upper bound of how long the text is that `name` makes; checked before it is made. */
export function estimateGrowth(name: string, operand: TemplateValue, call: CallArguments): number {
  const at = (index: number, key: string) => call.positional[index] ?? call.named.get(key)
  const length = lengthOf(operand)
  switch (name) {
    case 'replace': {
      const old = lengthOf(call.positional[0])
      const places = old === 0 ? length + 1 : Math.floor(length / old)
      return length + places * lengthOf(call.positional[1])
    }
    case 'join':
      return length + countOf(operand) * lengthOf(at(0, 'separator'))
    case 'indent':
      return length + countLines(operand) * numberOf(at(0, 'width'), 4)
    case 'tojson': {
      const indent = numberOf(call.named.get('indent'), 0)
      return indent > 16 || lengthOf(call.named.get('separators')) > 32 ? Number.POSITIVE_INFINITY : length
    }
    default:
      return length
  }
}

function lengthOf(value: TemplateValue | undefined): number {
  const inside: unknown = value?.value
  if (typeof inside === 'string') return inside.length
  if (Array.isArray(inside)) return (inside as TemplateValue[]).reduce((sum, item) => sum + lengthOf(item), 0)
  return 0
}

function countOf(value: TemplateValue): number {
  const inside: unknown = value.value
  return typeof inside === 'string' || Array.isArray(inside) ? inside.length : 0
}

function countLines(value: TemplateValue): number {
  const inside: unknown = value.value
  return typeof inside === 'string' ? inside.split('\n').length : 0
}

function numberOf(value: TemplateValue | undefined, fallback: number): number {
  const inside: unknown = value?.value
  return typeof inside === 'number' ? Math.max(0, inside) : fallback
}
