import { localDetectorSpec } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { processorMs } from '../testing/processor-ms.ts'
import { makeDetector } from './make-detector.ts'

const prose =
  'The gateway holds a snapshot of keys and connections and serves from it, also when the control process is down. ' +
  'In 2024 it took 15 minutes; now a change is live in under 1 s. Who asks for a model gets an answer: the route ' +
  'decides, and its token budget of 4,096 holds. See chapter 3.2 or write to the team (they read it daily).\n'

/** Megabytes of text per second of processor time: the best of a few runs. */
function throughputOf(specs: readonly object[], text: string): number {
  const detectors = specs.map((spec) => makeDetector(localDetectorSpec.parse(spec)))
  let best = 0
  for (let run = 0; run < 12; run += 1) {
    const start = processorMs()
    for (const detector of detectors) detector.scan(text)
    best = Math.max(best, text.length / 1000 / Math.max(0.01, processorMs() - start))
  }
  return best
}

test('personal data and secrets together are looked for at 20 MB/s or more in plain text', () => {
  const text = prose.repeat(3000)
  expect(throughputOf([{ type: 'pii' }, { type: 'secrets' }], text)).toBeGreaterThan(20)
})

test.each([
  ['digits', { type: 'pii' }, '0123456789'],
  ['digits in groups', { type: 'pii' }, '12 345 6 78 90 1 '],
  ['numbers that look like phones', { type: 'pii' }, '01 23 45 67 89 '],
  ['signs of mail addresses', { type: 'pii' }, 'a@a@a.a@'],
  ['hex and colons', { type: 'pii' }, 'a0:b1::c2:'],
  ['openings of keys', { type: 'secrets' }, '-----BEGIN RSA PRIVATE KEY-----'],
  ['beginnings of web tokens', { type: 'secrets' }, 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIx.'],
  ['assignments', { type: 'secrets' }, 'password=password=secret:'],
  ['addresses in addresses', { type: 'url' }, 'http://a://'],
  ['invisible characters', { type: 'invisible' }, '\u200B\u200C\u{E0041}'],
  ['beginnings of words', { type: 'words', deny: ['aaaaaaaaab', 'aaab'] }, 'a'],
  ['beginnings of canaries', { type: 'canary', tokens: ['abababababab9'] }, 'ab '],
])('hostile text made of %s takes time in line with its length', (_, spec, unit) => {
  const detector = makeDetector(localDetectorSpec.parse(spec))
  const perUnit = (length: number): number => {
    const text = unit.repeat(Math.ceil(length / unit.length))
    const times = Array.from({ length: 3 }, () => {
      const start = processorMs()
      detector.scan(text)
      return processorMs() - start
    })
    return Math.min(...times) / text.length
  }
  perUnit(20_000)
  // Eight times the text may take eight times as long, not sixty-four times.
  expect(perUnit(160_000)).toBeLessThan(Math.max(perUnit(20_000) * 4, 0.0005))
})
