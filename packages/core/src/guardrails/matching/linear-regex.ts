import { AppError } from '@ratchet/contract'
import { RE2JS, RE2JSException } from 're2js'

/** A pattern that is matched in time linear in the length of the text, with what is known of its matches. */
export type LinearRegex = {
  readonly regex: RE2JS
  /** Longest match in UTF-16 units; Infinity when there is no bound. */
  readonly longest: number
  /** Uses `^`, `$`, `\A` or `\z` of the whole text, so its matches depend on where the text ends. */
  readonly isAnchored: boolean
}

const mostInstructions = 5000

/**
 * Compiles a pattern in RE2 syntax. Throws `validation_failed` for syntax errors, look-around, back-references,
 * patterns that match nothing but the empty text, and patterns that are too large once repeats are written out.
 */
export function compileLinearRegex(pattern: string, { ignoreCase }: { ignoreCase: boolean }): LinearRegex {
  const regex = compile(pattern, ignoreCase ? RE2JS.CASE_INSENSITIVE : 0)
  if (regex.programSize() > mostInstructions)
    throw refusal(pattern, 'it is too large: use smaller repeat counts')
  if (regex.test('')) throw refusal(pattern, 'it matches the empty text, so it would match everywhere')
  const program = readProgram(regex)
  const longest = longestPath(program)
  if (longest === 0) throw refusal(pattern, 'it matches only empty text')
  const isAnchored = program.some(({ op, argument }) => op === emptyWidth && (argument & wholeText) !== 0)
  return { regex, longest, isAnchored }
}

function compile(pattern: string, flags: number): RE2JS {
  try {
    return RE2JS.compile(pattern, flags)
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause
    const hint = /\(\?[=!<]|\\\d/.test(pattern) ? ' Look-around and back-references are not supported.' : ''
    throw refusal(pattern, `${cause.message.replace('error parsing regexp: ', '')}.${hint}`, cause)
  }
}

function refusal(pattern: string, problem: string, cause?: unknown): AppError {
  const message = `Pattern "${pattern}" cannot be used: ${problem}`
  return new AppError('validation_failed', { message, details: { field: 'pattern', pattern }, cause })
}

type Instruction = {
  readonly op: number
  readonly out: number
  readonly argument: number
  readonly highest: number
}

// Numbers of the library's instructions and of its empty-width conditions.
const [alternative, emptyWidth, fail, matched, firstRune, anyRune, anyRuneButLineEnd] = [
  2, 4, 5, 6, 8, 10, 11,
]
const wholeText = 4 | 8

function readProgram(regex: RE2JS): Instruction[] {
  const { inst, start } = regex.re2().prog
  const program = inst.map((each: { op: number; out: number; arg: number; runes: Int32Array }) => ({
    op: each.op,
    out: each.out,
    argument: each.arg,
    highest: each.runes.reduce((most, rune) => Math.max(most, rune), 0),
  }))
  // The start is put last, where the walk below begins.
  program.push({ op: 7, out: start, argument: 0, highest: 0 })
  return program
}

/** Most UTF-16 units on any way from the start to a match; Infinity when a loop consumes text. */
function longestPath(program: readonly Instruction[]): number {
  const known = new Map<number, number>()
  const open = new Set<number>()
  const visit = (place: number): number => {
    const before = known.get(place)
    if (before !== undefined) return before
    // A loop that consumes nothing cannot be written in this syntax, so a loop means no bound.
    if (open.has(place)) return Infinity
    const instruction = program[place]
    if (!instruction || instruction.op === fail) return -Infinity
    if (instruction.op === matched) return 0
    open.add(place)
    let length = visit(instruction.out) + unitsOf(instruction)
    if (instruction.op <= alternative) length = Math.max(length, visit(instruction.argument))
    open.delete(place)
    known.set(place, length)
    return length
  }
  return Math.max(0, visit(program.length - 1))
}

function unitsOf({ op, highest }: Instruction): number {
  if (op < firstRune) return 0
  if (op === anyRune || op === anyRuneButLineEnd) return 2
  return highest > 0xffff ? 2 : 1
}
