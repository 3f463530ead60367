import type { NeutralEvent } from '../../../neutral/neutral-answer.ts'
import { otherFields, textField } from '../../../neutral/json-field.ts'
import type { JsonObject } from '../../parse-json.ts'

const names = new Set(['id', 'data', 'transcript'])

/** The sound of a choice: its pieces, what it says, and fields that come at its end, such as when it expires. */
export class AudioReader {
  readonly #choice: number
  readonly #nextPart: () => number
  #part = -1
  #extra: JsonObject | undefined

  constructor(choice: number, nextPart: () => number) {
    this.#choice = choice
    this.#nextPart = nextPart
  }

  take(audio: JsonObject, events: NeutralEvent[]): void {
    const choice = this.#choice
    if (this.#part === -1) {
      this.#part = this.#nextPart()
      const start = { kind: 'audio', id: textField(audio, 'id') ?? '' } as const
      events.push({ kind: 'part-start', choice, part: this.#part, start })
    }
    const data = textField(audio, 'data') ?? ''
    if (data !== '') events.push({ kind: 'part-delta', choice, part: this.#part, text: data })
    const transcript = textField(audio, 'transcript') ?? ''
    if (transcript !== '')
      events.push({ kind: 'part-transcript', choice, part: this.#part, text: transcript })
    const extra = otherFields(audio, names)
    if (extra !== undefined) this.#extra = { ...this.#extra, ...extra }
  }

  close(events: NeutralEvent[]): void {
    if (this.#part === -1) return
    const extra = this.#extra === undefined ? {} : { extra: this.#extra }
    events.push({ kind: 'part-end', choice: this.#choice, part: this.#part, ...extra })
    this.#part = -1
    this.#extra = undefined
  }
}
