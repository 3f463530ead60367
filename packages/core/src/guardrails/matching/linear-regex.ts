import { AppError } from '@ratchet/contract'
import { RE2JS, RE2JSException } from 're2js'

/** A pattern that is matched in time linear in the length of the text, with what is known of its matches. */
export type LinearRegex = {
  readonly regex: RE2JS
  /** Longest match in UTF-16 units; Infinity when there is no bound. */
  readonly longest: number
  /** Uses `^`, `$`, `\A` or `\z` of the whole text, so its matches depend on where the text ends. */
  readonly isAnchored: boolean
  /** About how many places of the pattern a text can keep in play at once: what a character costs. */
  readonly liveStates: number
}

const mostInstructions = 5000
/** With more, every character of a hostile text costs a tenth of a millisecond. */
const mostLiveStates = 1200

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
  const liveStates = countLiveStates(program)
  if (liveStates > mostLiveStates)
    throw refusal(
      pattern,
      'its repeats keep too much open at once: use smaller counts, or + for no upper limit',
    )
  return { regex, longest, isAnchored, liveStates }
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
  /** First and last code points by turns, or a single one. */
  readonly ranges: readonly number[]
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
    ranges: Array.from(each.runes),
  }))
  // The start is put last, where the walk below begins.
  program.push({ op: 7, out: start, argument: 0, highest: 0, ranges: [] })
  return program
}

const mostTried = 12
const mostSteps = 300_000

/**
 * Plays texts of one character, for characters that the pattern names, until no more states join. Texts that mix characters
 * rarely keep more.
 */
function countLiveStates(program: readonly Instruction[]): number {
  const tried = new Set(program.flatMap(({ ranges }) => ranges.slice(0, 8)))
  let most = 1
  let steps = 0
  for (const rune of [...tried, 0x61].slice(0, mostTried)) {
    let live = new Set<number>()
    for (let round = 0; round < program.length && steps < mostSteps; round += 1) {
      const next = new Set<number>()
      const follow = [program.length - 1]
      for (const place of live) {
        const instruction = program[place]
        if (instruction !== undefined && takes(instruction, rune)) follow.push(instruction.out)
      }
      while (follow.length > 0) {
        const place = follow.pop() ?? 0
        const instruction = program[place]
        steps += 1
        if (instruction === undefined || next.has(place)) continue
        next.add(place)
        if (consumes(instruction) || instruction.op === matched || instruction.op === fail) continue
        follow.push(instruction.out)
        if (instruction.op <= alternative) follow.push(instruction.argument)
      }
      const hasSettled = next.size <= live.size
      live = next
      most = Math.max(most, next.size)
      if (hasSettled && round > 2) break
    }
  }
  return steps < mostSteps ? most : program.length
}

function consumes({ op }: Instruction): boolean {
  return op >= firstRune && op <= anyRuneButLineEnd
}

function takes(instruction: Instruction, rune: number): boolean {
  const { op, ranges } = instruction
  if (op === anyRune || op === anyRuneButLineEnd) return true
  if (!consumes(instruction)) return false
  if (ranges.length === 1) return ranges[0] === rune
  for (let at = 0; at + 1 < ranges.length; at += 2)
    if ((ranges[at] ?? 0) <= rune && rune <= (ranges[at + 1] ?? 0)) return true
  return false
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
