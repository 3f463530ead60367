import { gatewayConfig, guardrail } from '@ratchet/contract'
import { expect, test } from 'vitest'
import type { Exchange } from '../calls/exchange.ts'
import type { NeutralEvent, PartStart } from '../neutral/neutral-answer.ts'
import { compileGuards } from './compile-guards.ts'
import { GuardStream } from './guard-stream.ts'

const spans: object[] = []
const exchange = {
  parts: { clock: { nowUs: () => 0 } },
  writeInnerSpan: (span: object) => void spans.push(span),
} as unknown as Exchange

/** What a stream says after a rule that redacts mail addresses while it passes. */
function guarded(events: readonly NeutralEvent[]): NeutralEvent[] {
  const rule = {
    name: 'mail',
    detectors: [{ type: 'pii' }],
    on: ['output'],
    action: 'redact',
    streaming: 'window',
  }
  const made = guardrail.parse({ name: 'privacy', rules: [rule] })
  const config = gatewayConfig.parse({ guardrails: [made], defaults: { guardrails: ['privacy'] } })
  const rules = compileGuards(config).of([])?.output ?? []
  const stream = new GuardStream(exchange, rules)
  return events.flatMap((event) => stream.push([event]).events)
}

const part = { choice: 0, part: 0 }
const said = (start: PartStart, ...rest: readonly (string | { signature: string })[]): NeutralEvent[] => [
  { kind: 'part-start', ...part, start },
  ...rest.map((each): NeutralEvent =>
    typeof each === 'string'
      ? { kind: 'part-delta', ...part, text: each }
      : { kind: 'part-proof', ...part, ...each },
  ),
  { kind: 'part-end', ...part },
]
const textOf = (events: readonly NeutralEvent[]): string =>
  events.map((event) => (event.kind === 'part-delta' ? event.text : '')).join('')

test('text after a signature is checked as text before it', () => {
  const events = guarded(said({ kind: 'text' }, 'Write to ada@', { signature: 's' }, 'example.com now'))
  expect(textOf(events)).toBe('Write to [EMAIL] now')
})

test('a thought that was redacted comes without its signature, any other with it', () => {
  const proofs = (events: readonly NeutralEvent[]) => events.filter(({ kind }) => kind === 'part-proof')
  const altered = guarded(said({ kind: 'reasoning' }, 'Ask ada@example.com.', { signature: 's' }))
  expect(textOf(altered)).toBe('Ask [EMAIL].')
  expect(proofs(altered)).toEqual([])
  const kept = guarded(said({ kind: 'reasoning' }, 'Ask nobody.', { signature: 's' }))
  expect(proofs(kept)).toEqual([{ kind: 'part-proof', ...part, signature: 's' }])
  expect(kept.map(({ kind }) => kind).slice(-2)).toEqual(['part-proof', 'part-end'])
})

test('parts that never end are told in whole when the answer ends', () => {
  const open = said({ kind: 'text' }, 'To ada@example', '.com').slice(0, -1)
  const end: NeutralEvent = { kind: 'finish', choice: 0, finish: 'stop', finishRaw: 'stop' }
  expect(textOf(guarded([...open, end]))).toBe('To [EMAIL]')
})
