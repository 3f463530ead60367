import { foldText, type Folding } from './fold-text.ts'

/**
 * Aho-Corasick automaton over folded text: finds all of many phrases in one pass, in time linear in the length
 * of the text. States are numbers; edges live in one hash table of typed arrays.
 */
export type PhraseAutomaton = {
  readonly folding: Folding
  /** Folded length of each phrase. */
  readonly lengths: Int32Array
  readonly longest: number
  readonly edges: EdgeTable
  readonly fail: Int32Array
  readonly depth: Int32Array
  /** Phrase that ends in a state, or -1. */
  readonly phrase: Int32Array
  /** Next state on the way of fails where a phrase ends, or 0. */
  readonly output: Int32Array
}

/** A phrase found: its index, and the part of the text that folded to it. */
export type PhraseMatch = { readonly phrase: number; readonly start: number; readonly end: number }

/** Phrases that fold to nothing are never found; of phrases that fold alike, the first is reported. */
export function makePhraseAutomaton(phrases: readonly string[], folding: Folding): PhraseAutomaton {
  const folded = phrases.map((phrase) => foldText(phrase, folding))
  const total = folded.reduce((sum, { length }) => sum + length, 1)
  const edges = makeEdgeTable(total)
  const depth = new Int32Array(total)
  const phrase = new Int32Array(total).fill(-1)
  const parents = new Int32Array(total)
  const units = new Uint16Array(total)
  let states = 1
  for (const [index, text] of folded.entries()) {
    let state = 0
    for (let at = 0; at < text.length; at += 1) {
      const unit = text.charCodeAt(at)
      let next = edges.get(state, unit)
      if (next === 0) {
        next = states
        states += 1
        edges.set(state, unit, next)
        parents[next] = state
        units[next] = unit
        depth[next] = at + 1
      }
      state = next
    }
    if (state > 0 && phrase[state] === -1) phrase[state] = index
  }
  const fail = new Int32Array(states)
  const output = new Int32Array(states)
  const byDepth = Int32Array.from({ length: states - 1 }, (_, index) => index + 1).sort(
    (first, second) => (depth[first] ?? 0) - (depth[second] ?? 0),
  )
  for (const state of byDepth) {
    const parent = parents[state] ?? 0
    const back = parent === 0 ? 0 : step({ edges, fail }, fail[parent] ?? 0, units[state] ?? 0)
    fail[state] = back
    output[state] = (phrase[back] ?? -1) >= 0 ? back : (output[back] ?? 0)
  }
  const lengths = Int32Array.from(folded, ({ length }) => length)
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0)
  return { folding, lengths, longest, edges, fail, depth, phrase, output }
}

/**
 * Calls `onMatch` for every phrase in the text from `from` on. `mostGap` limits the units between two matched
 * characters, skipped ones included. Returns where the longest phrase begins that the end of the text may have
 * cut off, or the text's length.
 */
export function matchPhrases(
  automaton: PhraseAutomaton,
  { text, from, mostGap }: { text: string; from: number; mostGap: number },
  onMatch: (match: PhraseMatch) => void,
): number {
  const { folding, depth, phrase, output, lengths } = automaton
  const { ascii } = folding
  const { root } = automaton.edges
  const mask = ringMask(automaton.longest)
  const starts = new Int32Array(mask + 1)
  let state = 0
  let count = 0
  let lastEnd = from
  let lastUnit = 0
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at)
    // Most characters begin no phrase.
    if (state === 0 && code < 128 && root[ascii[code] ?? 0] === 0) {
      at += 1
      lastUnit = ascii[code] ?? 0
      if (lastUnit > 0) lastEnd = at
      continue
    }
    // Half of a pair of surrogates: the other half has not arrived yet.
    if (code >= 0xd800 && code <= 0xdbff && at + 1 === text.length) break
    const point = code < 128 ? code : (text.codePointAt(at) ?? 0)
    const end = at + (point > 0xffff ? 2 : 1)
    const folded = code < 128 ? '' : folding.other(point)
    const size = code < 128 ? (ascii[code] === 0 ? 0 : 1) : folded.length
    if (size > 0 && at - lastEnd > mostGap) state = 0
    for (let index = 0; index < size; index += 1) {
      const unit = code < 128 ? (ascii[code] ?? 0) : folded.charCodeAt(index)
      // Runs of white space count as one.
      if (unit === 32 && lastUnit === 32) continue
      lastUnit = unit
      lastEnd = end
      starts[count & mask] = at
      count += 1
      state = step(automaton, state, unit)
      if (state === 0) continue
      for (
        let hit = (phrase[state] ?? -1) >= 0 ? state : (output[state] ?? 0);
        hit > 0;
        hit = output[hit] ?? 0
      ) {
        const found = phrase[hit] ?? 0
        onMatch({ phrase: found, start: starts[(count - (lengths[found] ?? 0)) & mask] ?? 0, end })
      }
    }
    at = end
  }
  const isCutOff = state !== 0 && text.length - lastEnd <= mostGap
  return !isCutOff ? text.length : (starts[(count - (depth[state] ?? 0)) & mask] ?? 0)
}

function step({ edges, fail }: { edges: EdgeTable; fail: Int32Array }, from: number, unit: number): number {
  let state = from
  for (;;) {
    const next = edges.get(state, unit)
    if (next !== 0 || state === 0) return next
    state = fail[state] ?? 0
  }
}

function ringMask(longest: number): number {
  let size = 16
  while (size <= longest) size *= 2
  return size - 1
}

type EdgeTable = {
  /** Edges of the root for ASCII. */
  readonly root: Int32Array
  get(state: number, unit: number): number
  set(state: number, unit: number, next: number): void
}

/** Open addressing; the root's edges for ASCII are a plain array, since most characters end there. */
function makeEdgeTable(edges: number): EdgeTable {
  let size = 64
  while (size < edges * 2) size *= 2
  const mask = size - 1
  const states = new Int32Array(size).fill(-1)
  const units = new Uint16Array(size)
  const targets = new Int32Array(size)
  const root = new Int32Array(128)
  const slotOf = (state: number, unit: number): number => {
    let slot = (Math.imul(state, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)) >>> 7
    for (slot &= mask; states[slot] !== -1; slot = (slot + 1) & mask)
      if (states[slot] === state && units[slot] === unit) return slot
    return slot
  }
  return {
    root,
    get: (state, unit) => {
      if (state === 0 && unit < 128) return root[unit] ?? 0
      const slot = slotOf(state, unit)
      return states[slot] === -1 ? 0 : (targets[slot] ?? 0)
    },
    set: (state, unit, next) => {
      if (state === 0 && unit < 128) root[unit] = next
      const slot = slotOf(state, unit)
      states[slot] = state
      units[slot] = unit
      targets[slot] = next
    },
  }
}
