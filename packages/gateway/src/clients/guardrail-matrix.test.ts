import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GuardrailPlace } from '@ratchet/contract'
import type { Question } from '../testing/clients/client-driver.ts'
import {
  modelOf,
  newTrace,
  pairs,
  startMatrixGateway,
  type MatrixGateway,
} from '../testing/clients/start-matrix-gateway.ts'
import type { Scenario } from '../testing/providers/answer-script.ts'

let running: MatrixGateway
beforeAll(async () => {
  running = await startMatrixGateway()
})
afterAll(() => running.stop())

const mail = 'ada@example.com'
const secret = 'Bluebird'
const places = ['input', 'tool-result', 'output'] as const
const modes = ['whole', 'buffer', 'window'] as const
const rows = modes.flatMap((mode) => pairs.map(([client, family]) => ({ mode, client, family })))

const redacting = (streaming: 'buffer' | 'window') => ({
  name: 'mail',
  detectors: [{ type: 'pii' as const, kinds: ['email' as const] }],
  on: [...places],
  action: 'redact' as const,
  streaming,
})
const blocking = (streaming: 'buffer' | 'window') => ({
  name: 'secret',
  detectors: [{ type: 'words' as const, deny: [secret] }],
  on: [...places],
  action: 'block' as const,
  streaming,
})

/** Puts one rule in force for every call. */
function guard(rule: ReturnType<typeof redacting> | ReturnType<typeof blocking>): Promise<void> {
  return running.configure({
    guardrails: [{ name: 'matrix', rules: [rule] }],
    defaults: { guardrails: ['matrix'] },
  })
}

type Row = (typeof rows)[number]

/** A call with both plants in one place; the others are clean. */
async function call({ client, family, mode }: Row, place: GuardrailPlace) {
  const { traceId, headers } = newTrace()
  const driver = running.drivers[client]
  const isStream = mode !== 'whole'
  const planted = `Write to ${mail} about project ${secret}.`
  const ask = (scenario: Scenario, more: Partial<Question>) =>
    driver.ask({ model: modelOf(family, scenario), isStream, text: 'Hello', headers, ...more })
  if (place === 'input') return { traceId, answer: ask('plain', { text: planted }) }
  if (place === 'output') return { traceId, answer: ask('mail', {}) }
  const first = await driver.ask({
    model: modelOf(family, 'parallel-tools'),
    isStream: false,
    text: 'Hello',
    hasTools: true,
  })
  const results = first.calls.map(({ id, name }) => ({ id, name, text: planted }))
  return {
    traceId,
    answer: ask('tool-results', { hasTools: true, before: { turn: first.turn, results } }),
  }
}

/** What the span of the guardrails of a place says. */
async function guardSpan(traceId: string, place: GuardrailPlace) {
  const spans = await running.spansOf(traceId, 4)
  const span = spans.find(({ type, name }) => type === 'guard' && name === `guardrails ${place}`)
  return { spans, attributes: JSON.parse(span?.attributes ?? '{}') as Record<string, unknown> }
}

describe.each(modes)('A3.15 guardrails that redact, %s', (mode) => {
  beforeAll(() => guard(redacting(mode === 'window' ? 'window' : 'buffer')))

  describe.each(rows.filter((row) => row.mode === mode))('$client at $family', (row) => {
    test.each(places)('take an e-mail address out of the %s', async (place) => {
      const { traceId, answer } = await call(row, place)
      const { text } = await answer
      expect(text).not.toContain(mail)
      expect(running.providers[row.family].seen.at(-1)?.text).not.toContain(mail)
      const { spans, attributes } = await guardSpan(traceId, place)
      expect(attributes).toMatchObject({
        place,
        verdict: 'redacted',
        findings: [{ guardrail: 'matrix', rule: 'mail', kind: 'email' }],
      })
      expect(JSON.stringify(spans)).not.toContain(mail)
      // What was found was replaced, not lost with what stood around it.
      const seen = place === 'output' ? text : (running.providers[row.family].seen.at(-1)?.text ?? '')
      expect(seen).toContain('Write to [EMAIL] about project Bluebird')
    })
  })
})

describe.each(modes)('A3.15 guardrails that block, %s', (mode) => {
  beforeAll(() => guard(blocking(mode === 'window' ? 'window' : 'buffer')))

  describe.each(rows.filter((row) => row.mode === mode))('$client at $family', (row) => {
    test.each(places)('refuse a word in the %s', async (place) => {
      let shown = ''
      const { traceId, answer } = await call(row, place)
      const { seen } = running.providers[row.family]
      const asked = seen.length
      const error: unknown = await answer.then(
        ({ text }) => void (shown = text),
        (caught: unknown) => caught,
      )
      expect(String(error)).toMatch(/blocked by rule/)
      expect(shown).not.toContain(secret)
      const hasReached = seen.slice(asked).length > 0
      expect(hasReached).toBe(place === 'output')
      const spans = await running.spansOf(traceId, place === 'output' ? 4 : place === 'input' ? 2 : 3)
      const span = spans.find(({ name }) => name === `guardrails ${place}`)
      expect(JSON.parse(span?.attributes ?? '{}')).toMatchObject({ place, verdict: 'blocked' })
      expect(spans.find(({ type }) => type === 'llm')).toMatchObject({
        status: 'error',
        errorCode: 'guardrail_blocked',
      })
    })
  })
})

describe('what no detector can read', () => {
  const png = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('base64')
  beforeAll(() => guard(redacting('buffer')))

  test.each(pairs)('an image from %s to %s is recorded as not scanned', async (client, family) => {
    const { traceId, headers } = newTrace()
    const model = modelOf(family, 'image')
    await running.drivers[client].ask({ model, isStream: false, text: 'Look', image: png, headers })
    const { attributes } = await guardSpan(traceId, 'input')
    expect(attributes).toMatchObject({ verdict: 'passed', not_scanned: ['image'] })
  })

  test.each(['openai chat', 'google genai'] as const)(
    'a sound from %s is recorded as not scanned',
    async (client) => {
      const { traceId, headers } = newTrace()
      const model = modelOf('gemini', 'plain')
      await running.drivers[client].ask({ model, isStream: false, text: 'Hear', sound: 'UklGRg==', headers })
      const { attributes } = await guardSpan(traceId, 'input')
      expect(attributes).toMatchObject({ not_scanned: ['audio'] })
    },
  )
})
