const prefix = 'gemini_call_'

/** OpenAI takes ids of 40 characters; the prefix and a number need 16. */
const maxSeedLength = 24

/** Makes ids for calls that Gemini left without one: distinct within an answer, and over turns by the answer's id. */
export class CallIds {
  readonly #seed: string
  #count = 0

  constructor(seed: string) {
    const clean = seed.replaceAll(/[^a-zA-Z0-9_-]/g, '').slice(0, maxSeedLength)
    this.#seed = clean === '' ? prefix : `${prefix}${clean}_`
  }

  next(): string {
    return `${this.#seed}${this.#count++}`
  }
}

/** True for an id that we made up, which Gemini has never seen. */
export function isMadeUpCallId(id: string): boolean {
  return id.startsWith(prefix)
}
