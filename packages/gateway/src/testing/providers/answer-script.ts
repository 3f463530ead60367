/** What a fake provider does; the model's name says it after `--`, as in `gpt-4.1--parallel-tools`. */
export const scenarios = [
  'plain',
  'tool-call',
  'parallel-tools',
  'tool-results',
  'structured',
  'image',
  'reasoning',
  'refusal',
  'cached',
  'length',
  'error-before',
  'error-middle',
  'cut',
  'rate-limit',
  'endless',
  'mail',
] as const
export type Scenario = (typeof scenarios)[number]

/** The answer of a scenario, before it has a format. */
export type AnswerScript = {
  readonly thought?: { readonly text: string; readonly signature: string }
  /** The text as it is streamed. */
  readonly pieces: readonly string[]
  readonly refusal?: string
  readonly calls: readonly ScriptedCall[]
  readonly finish: 'stop' | 'length' | 'tool-calls' | 'refusal'
  readonly usage: ScriptedUsage
  /** What happens to a stream after its second piece; `endless` sends no more and stays open. */
  readonly breaks?: 'error' | 'cut' | 'endless'
}

export type ScriptedCall = {
  readonly id: string
  readonly name: string
  /** The arguments as they are streamed. */
  readonly pieces: readonly string[]
}

/** Tokens by what they cost: `fresh`, `cached` and `written` make the input; `output` includes `reasoning`. */
export type ScriptedUsage = {
  readonly fresh: number
  readonly cached: number
  readonly written: number
  readonly output: number
  readonly reasoning: number
}

/** What a provider read in a request, so that its answer can prove it. */
export type ReadRequest = {
  readonly images: readonly string[]
  /** Whether the request asks for JSON of a schema, in the provider's own way. */
  readonly hasSchema: boolean
  readonly toolNames: readonly string[]
  readonly results: readonly { readonly id: string; readonly text: string }[]
  /** Proofs of earlier thoughts. */
  readonly signatures: readonly string[]
}

export const words = {
  pieces: ['Hel', 'lo, ', 'wörld ', '🌍!'],
  refusal: 'I cannot help with that.',
  thought: 'Two steps: ask, then add.',
  signature: 'c2lnbmF0dXJlLys9PQ==',
  overloaded: 'Overloaded, please retry.',
  tooFast: 'Too many requests.',
  json: '{"city":"Bern","days":[1,2.5]}',
  mail: ['Write to a', 'da@exa', 'mple.c', 'om about project Bluebird now.'],
} as const

const usage: ScriptedUsage = { fresh: 20, cached: 0, written: 0, output: 7, reasoning: 0 }

/** Ids as each provider makes them. */
export type CallIds = readonly [string, string]

/** The answer of a scenario to a request; undefined when the scenario is an error before any answer. */
export function scriptOf(scenario: Scenario, read: ReadRequest, ids: CallIds): AnswerScript | undefined {
  const plain: AnswerScript = { pieces: words.pieces, calls: [], finish: 'stop', usage }
  const weather = { id: ids[0], name: 'get_weather', pieces: ['{"city":"B', 'ern","days"', ':[1,2.5]}'] }
  const time = { id: ids[1], name: 'get_time', pieces: ['{"zone":', '"CET"}'] }
  switch (scenario) {
    case 'plain':
      return plain
    case 'tool-call':
      return { ...plain, pieces: ['I look ', 'it up.'], calls: [weather], finish: 'tool-calls' }
    case 'parallel-tools':
      return { ...plain, pieces: [], calls: [weather, time], finish: 'tool-calls' }
    case 'tool-results':
      return { ...plain, pieces: [describeResults(read)] }
    case 'structured':
      // Some clients ask for JSON by a tool of this name.
      if (read.toolNames.includes('json'))
        return { ...plain, pieces: [], calls: [{ ...weather, name: 'json' }], finish: 'tool-calls' }
      return { ...plain, pieces: read.hasSchema ? ['{"city":', '"Bern","days":[1,2.5]}'] : ['no schema'] }
    case 'image':
      return { ...plain, pieces: [`I see ${read.images.join(' and ') || 'nothing'}.`] }
    case 'reasoning':
      return {
        ...plain,
        thought: { text: words.thought, signature: words.signature },
        usage: { ...usage, output: 17, reasoning: 10 },
      }
    case 'refusal':
      return { ...plain, pieces: [], refusal: words.refusal, finish: 'refusal' }
    case 'cached':
      return { ...plain, usage: { fresh: 8, cached: 12, written: 4, output: 7, reasoning: 0 } }
    case 'length':
      return { ...plain, finish: 'length' }
    case 'mail':
      return { ...plain, pieces: words.mail }
    case 'error-middle':
      return { ...plain, breaks: 'error' }
    case 'cut':
      return { ...plain, breaks: 'cut' }
    case 'endless':
      return { ...plain, breaks: 'endless' }
    case 'error-before':
    case 'rate-limit':
      return undefined
  }
}

function describeResults({ results }: ReadRequest): string {
  return results.map(({ text }) => text).join(' / ')
}

/** The scenario that the name of a model asks for. */
export function scenarioOf(model: string): Scenario {
  const name = model.split('--')[1] ?? 'plain'
  const scenario = scenarios.find((each) => each === name)
  if (scenario === undefined) throw new Error(`no scenario "${name}"`)
  return scenario
}
