import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Question, Told } from '../testing/clients/client-driver.ts'
import { expectedStop, expectedUsage, toldUsage } from '../testing/clients/expected-words.ts'
import {
  modelOf,
  newTrace,
  pairs,
  prices,
  startMatrixGateway,
  type MatrixGateway,
} from '../testing/clients/start-matrix-gateway.ts'
import { scriptOf, words, type Scenario } from '../testing/providers/answer-script.ts'
import type { FamilyName } from '../testing/providers/provider-family.ts'

let running: MatrixGateway
beforeAll(async () => {
  running = await startMatrixGateway()
})
afterAll(() => running.stop())

const rows = pairs.flatMap(([client, family]) =>
  [false, true].map((isStream) => ({ client, family, isStream, how: isStream ? 'streamed' : 'whole' })),
)
const hello = words.pieces.join('')
const nothingRead = { images: [], hasSchema: false, toolNames: [], results: [], signatures: [] }

/** A PNG of one pixel. */
const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='
const pngBytes = Buffer.from(png, 'base64').length

/** What the answer of a scenario costs at {@link prices}, as far as the provider tells its tokens. */
function usageOf(family: FamilyName, scenario: Scenario) {
  const script = scriptOf(scenario, nothingRead, ['a', 'b'])
  if (script === undefined) throw new Error(`the scenario ${scenario} has no answer`)
  const usage = toldUsage(family, script.usage)
  const costNano =
    usage.fresh * prices.fresh +
    usage.cached * prices.cached +
    usage.written * prices.written +
    usage.output * prices.output
  return { usage, costNano }
}

describe.each(rows)('$client, $how, at $family', ({ client, family, isStream }) => {
  const ask = async (scenario: Scenario, more: Partial<Question> = {}) => {
    const { traceId, headers } = newTrace()
    const model = modelOf(family, scenario)
    const told = await running.drivers[client].ask({ model, isStream, text: 'Hello', headers, ...more })
    return { told, span: () => running.spanOf(traceId) }
  }
  const lastSeen = () => running.providers[family].seen.at(-1)
  const expectEnd = (told: Told, scenario: Scenario) => {
    const finish = scriptOf(scenario, nothingRead, ['a', 'b'])?.finish ?? 'stop'
    expect(told.stop).toBe(expectedStop(client, finish))
    expect(told.usage).toMatchObject(expectedUsage(client, usageOf(family, scenario).usage))
  }

  test('A4.36 a text arrives with its end and its usage, and the span says what it cost', async () => {
    const { told, span } = await ask('plain')
    expect(told.text).toBe(hello)
    expectEnd(told, 'plain')
    const { usage, costNano } = usageOf(family, 'plain')
    const written = await span()
    expect(written).toMatchObject({
      status: 'ok',
      provider: family,
      connection: family,
      model: modelOf(family, 'plain').slice(family.length + 1),
      usage: { inputTokens: usage.fresh, outputTokens: usage.output },
      usageEstimated: false,
      costNano,
      costKnown: true,
      output: hello,
    })
    expect(written.firstTokenUs > 0).toBe(isStream)
    expect(lastSeen()?.text).not.toMatch(/rk_invoke/)
    expect(JSON.stringify(lastSeen()?.headers)).not.toMatch(/rk_invoke/)
  })

  test('A3.9 A4.28 tokens read from and written to the cache are counted and priced apart', async () => {
    const { told, span } = await ask('cached')
    expectEnd(told, 'cached')
    const { usage, costNano } = usageOf(family, 'cached')
    expect(await span()).toMatchObject({
      usage: {
        inputTokens: usage.fresh + usage.cached + usage.written,
        cachedInputTokens: usage.cached,
        cacheWriteTokens: usage.written,
        outputTokens: usage.output,
      },
      costNano,
    })
  })

  test('A4.14 a text with a call keeps both', async () => {
    const { told } = await ask('tool-call', { hasTools: true })
    expect(told.text).toBe('I look it up.')
    expect(told.calls).toMatchObject([{ name: 'get_weather', args: { city: 'Bern', days: [1, 2.5] } }])
    expectEnd(told, 'tool-call')
  })

  test('A3.12 A4.32 A4.33 A4.34 parallel calls keep their names, ids and arguments apart, and take their results back', async () => {
    const { told } = await ask('parallel-tools', { hasTools: true })
    expect(told.calls).toMatchObject([
      { name: 'get_weather', args: { city: 'Bern', days: [1, 2.5] } },
      { name: 'get_time', args: { zone: 'CET' } },
    ])
    expectEnd(told, 'parallel-tools')
    const results = told.calls.map(({ id, name }) => ({ id, name, text: `${name} said so` }))
    const second = await ask('tool-results', { hasTools: true, before: { turn: told.turn, results } })
    expect(second.told.text).toBe('get_weather said so / get_time said so')
  })

  test('A4.20 an answer of a JSON schema is asked for in the provider’s own way', async () => {
    const { told } = await ask('structured', { hasSchema: true })
    expect(JSON.parse(told.text)).toEqual({ city: 'Bern', days: [1, 2.5] })
    expectEnd(told, 'structured')
  })

  test('A4.19 an image arrives whole', async () => {
    const { told } = await ask('image', { image: png })
    expect(told.text).toBe(`I see image/png of ${pngBytes} bytes.`)
  })

  test('A3.13 A4.22 thoughts come with the answer, and their proof goes back as it came', async () => {
    const { told, span } = await ask('reasoning', { thinks: true })
    expect(told.text).toBe(hello)
    expectEnd(told, 'reasoning')
    const { usage, costNano } = usageOf(family, 'reasoning')
    expect(await span()).toMatchObject({ usage: { reasoningTokens: usage.reasoning }, costNano })
    // OpenAI's chat completions tell no thoughts, neither to their clients nor to us.
    const isUntold = family === 'openai' && client !== 'openai responses'
    expect(told.thought).toBe(isUntold ? '' : words.thought)
    const again = await ask('plain', { before: { turn: told.turn, results: [] } })
    expect(again.told.text).toBe(hello)
    const isProven = family !== 'mistral' && !isUntold
    expect(lastSeen()?.text.includes(words.signature)).toBe(isProven)
  })

  test('A4.25 an answer that was cut by its limit says so', async () => {
    const { told } = await ask('length')
    expectEnd(told, 'length')
  })

  test('A4.25 A4.38 a refusal is told as one', async () => {
    const { told } = await ask('refusal')
    const said = `${told.text}${told.refusal}`
    expect(said).toBe(family === 'gemini' ? '' : words.refusal)
    // Mistral says no in plain text; OpenAI in a field of its own, which its clients read.
    const isField = family === 'openai' && client.startsWith('openai')
    expect(told.refusal).toBe(isField ? words.refusal : '')
    const finish = family === 'mistral' || isField ? 'stop' : 'refusal'
    expect(told.stop).toBe(expectedStop(client, finish))
  })
})
