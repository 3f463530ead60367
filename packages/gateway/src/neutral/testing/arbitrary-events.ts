import fc from 'fast-check'
import { answerEvents } from '../answer-events.ts'
import type { NeutralAnswer, NeutralEvent } from '../neutral-answer.ts'
import { arbitraryAnswer, type AnswerShape } from './arbitrary-answer.ts'

type ChoiceEvent = Extract<NeutralEvent, { choice: number }>

/** A stream as a provider sends it, and the answer that it makes. */
export type ExampleStream = { readonly answer: NeutralAnswer; readonly events: readonly NeutralEvent[] }

/**
 * Streams with texts in many pieces, with the deltas of neighbouring calls mixed, and with several choices at once.
 */
export function arbitraryStream(shape: AnswerShape): fc.Arbitrary<ExampleStream> {
  return fc
    .tuple(arbitraryAnswer(shape), fc.nat())
    .map(([answer, seed]) => ({ answer, events: mixEvents(answer, makeDice(seed)) }))
}

/** Numbers below a limit, the same ones for the same seed. */
type Dice = (limit: number) => number

function makeDice(seed: number): Dice {
  let state = seed + 1
  return (limit) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39
    return (state >>> 0) % limit
  }
}

function mixEvents(answer: NeutralAnswer, dice: Dice): NeutralEvent[] {
  const head: NeutralEvent[] = []
  const tail: NeutralEvent[] = []
  const choices: ChoiceEvent[][] = answer.choices.map(() => [])
  for (const event of answerEvents(answer)) {
    if ('choice' in event) choices[event.choice]?.push(...cutDelta(event, dice))
    else if (event.kind === 'start' || event.kind === 'answer-fields') head.push(event)
    else tail.push(event)
  }
  const mixed = choices.map((events) => mixCalls(events, dice))
  return [...head, ...merge(mixed, dice), ...tail]
}

function cutDelta(event: ChoiceEvent, dice: Dice): ChoiceEvent[] {
  if (event.kind !== 'part-delta' || event.text.length < 2) return [event]
  // Whole groups of base64, and never through the middle of a character.
  const characters = /^[A-Za-z0-9+/=]+$/.test(event.text)
    ? (event.text.match(/.{1,4}/g) ?? [])
    : Array.from(event.text)
  const at = dice(characters.length)
  return [characters.slice(0, at).join(''), characters.slice(at).join('')]
    .filter((text) => text !== '')
    .map((text) => ({ ...event, text }))
}

/** Events of neighbouring calls, one after the other, come in any order between the calls. */
function mixCalls(events: readonly ChoiceEvent[], dice: Dice): ChoiceEvent[] {
  const result: ChoiceEvent[] = []
  let run: ChoiceEvent[][] = []
  /** The part that has begun and not ended, with what belongs to it. */
  let open: ChoiceEvent[] | undefined
  const flush = () => {
    result.push(...merge(run, dice))
    run = []
  }
  for (const event of events) {
    if (event.kind === 'part-start') {
      if (event.start.kind !== 'tool-call') flush()
      open = [event]
      run.push(open)
    } else if (open === undefined) {
      flush()
      result.push(event)
    } else {
      open.push(event)
      if (event.kind !== 'part-end') continue
      const [first] = open
      if (first?.kind === 'part-start' && first.start.kind !== 'tool-call') flush()
      open = undefined
    }
  }
  flush()
  return result
}

/** Keeps the order within each list. */
function merge<T>(lists: readonly (readonly T[])[], dice: Dice): T[] {
  const result: T[] = []
  const queues = lists.filter((list) => list.length > 0).map((list) => ({ list, at: 0 }))
  while (queues.length > 0) {
    const place = dice(queues.length)
    const queue = queues[place]
    const next = queue?.list[queue.at]
    if (queue === undefined || next === undefined) break
    result.push(next)
    if (++queue.at === queue.list.length) queues.splice(place, 1)
  }
  return result
}
