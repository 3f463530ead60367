/** How a national number is written: the lengths of its digit groups with what stands between, as in "(3) 3-4". */
export type PhoneShape = {
  readonly id: number
  readonly written: string
  /** What the shape is worth for a number that starts with 0. */
  readonly withTrunk: number
  /** What it is worth for any other number; `american` holds for plausible area and exchange codes only. */
  readonly national: number
  readonly american: number
  readonly hasSeparator: boolean
}

type Worth = readonly (readonly [pattern: RegExp, worth: number])[]

const trunk: Worth = [
  [/^2([ .])2\1 ?2\1 ?2\1 ?2$/, 0.7], // 01 23 45 67 89
  [/^[2-4]-[34]-4$/, 0.6], // 03-1234-5678
  [/^\([2-6]\) ?\d+(?:[- ]\d+){0,3}$/, 0.6], // (030) 123456
  [/^[2-5]\/\d(?:[ -]?\d){0,8}$/, 0.55], // 0171/1234567
  [/^5 6$|^3 4 4$|^4 3 (?:3|4)$|^4 6$|^5 3 3$/, 0.5], // 07911 123456
  [/^2-8$|^2 8$|^[3-5][ -][5-8]$/, 0.5],
  [/^[2-5][ -]\d{1,2}(?:[ -]\d)*$/, 0.4],
  [/^\d+$/, 0.3],
  [/^/, 0.2],
]
const american: Worth = [
  [/^\(3\) ?3[-. ]4$/, 0.7], // (212) 555-0123
  [/^1[-. ]3[-. ]3[-. ]4$/, 0.65],
  [/^3([-.])3\1 ?4$/, 0.6],
  [/^3 3 4$/, 0.4],
  [/^10$|^11$/, 0.25],
]
const national: Worth = [
  [/^\(2\) ?[45][- ]4$/, 0.7], // (11) 91234-5678
  [/^\([2-6]\) ?[2-8](?:[- ][2-4])*$/, 0.45],
  [/^3 3 3$|^3 2 2 2$|^9$/, 0.25],
  [/^3[- ]4$/, 0.2],
  [/^7$/, 0.1],
  [/^5 5$|^11$|^4[- ]4$|^8$|^3 4 4$|^3-4-4$/, 0.25],
]

// Texts with many numbers have few shapes of them, so each is judged once and then followed group by group.
const mostShapes = 4096
let shapes: PhoneShape[] = []
let steps = new Map<number, number>()

/** The shape with one more group: `marks` as numbered by the caller (less than 32), `length` at most 16. */
export function nextShape(
  shape: PhoneShape | undefined,
  { mark, text, length }: { mark: number; text: string; length: number },
): PhoneShape {
  const key = ((shape?.id ?? mostShapes) * 32 + mark) * 17 + length
  const known = steps.get(key)
  const found = known === undefined ? undefined : shapes[known]
  if (found) return found
  if (shapes.length >= mostShapes) {
    shapes = []
    steps = new Map()
    return judgeShape(-1, `${shape?.written ?? ''}${text}${length}`)
  }
  const next = judgeShape(shapes.length, `${shape?.written ?? ''}${text}${length}`)
  shapes.push(next)
  steps.set(key, next.id)
  return next
}

function judgeShape(id: number, written: string): PhoneShape {
  const worth = (rows: Worth): number => rows.find(([pattern]) => pattern.test(written))?.[1] ?? 0
  return {
    id,
    written,
    withTrunk: worth(trunk),
    national: worth(national),
    american: worth(american),
    hasSeparator: /\D/.test(written),
  }
}
