import { localDetectorSpec } from '@ratchet/contract'
import { makeDetector } from '../../packages/core/src/guardrails/index.ts'
import type { BenchTable } from '../bench-table.ts'
import { timeWays, type Way } from '../timing.ts'

const textBytes = 4_096
const targetUs = 1_000
const baseline = 'one pass of a regular expression'

const prose =
  'The gateway holds a snapshot of keys and connections and serves from it, also when the control process is down. ' +
  'In 2024 it took 15 minutes; now a change is live in under 1 s. Who asks for a model gets an answer: the route ' +
  'decides, and its token budget of 4,096 holds. See chapter 3.2 or write to the team at team@example.com. '

const sets: readonly { name: string; specs: readonly object[] }[] = [
  { name: 'pii', specs: [{ type: 'pii' }] },
  { name: 'secrets', specs: [{ type: 'secrets' }] },
  { name: 'injection', specs: [{ type: 'injection' }] },
  { name: 'invisible', specs: [{ type: 'invisible' }] },
  { name: 'url', specs: [{ type: 'url' }] },
  { name: 'words', specs: [{ type: 'words', deny: ['ignore previous', 'project x', 'top secret'] }] },
  {
    name: 'all of them',
    specs: [
      { type: 'pii' },
      { type: 'secrets' },
      { type: 'injection' },
      { type: 'invisible' },
      { type: 'url' },
      { type: 'words', deny: ['ignore previous', 'project x', 'top secret'] },
    ],
  },
]

/** Local detectors over an ordinary text of 4 KB beside one pass of a plain regular expression. */
export function runGuardrailsBench(): Promise<BenchTable> {
  const text = prose.repeat(Math.ceil(textBytes / prose.length)).slice(0, textBytes)
  const mail = /[\w.+-]+@[\w-]+\.[\w.-]+/g
  const ways: Way[] = [
    { name: baseline, run: (count) => repeat(count, () => [...text.matchAll(mail)].length) },
    ...sets.map(({ name, specs }) => {
      const detectors = specs.map((spec) => makeDetector(localDetectorSpec.parse(spec)))
      const scan = () => detectors.reduce((sum, detector) => sum + detector.scan(text).length, 0)
      return { name, run: (count: number) => repeat(count, scan) }
    }),
  ]
  const times = timeWays(ways, { rounds: 15, count: 400 })
  const bareUs = times.get(baseline) ?? Number.NaN
  const allUs = times.get('all of them') ?? Number.NaN
  return Promise.resolve({
    title: 'Guardrails: local detectors over 4 KB of ordinary text',
    columns: ['detectors', 'µs', 'MB/s', 'times a regular expression'],
    rows: [...times].map(([name, us]) => [
      name,
      us.toFixed(1),
      (textBytes / us).toFixed(0),
      (us / bareUs).toFixed(1),
    ]),
    notes: [
      'The regular expression looks for mail addresses alone. Interleaved; medians of 15 rounds of 400 texts.',
    ],
    checks: [
      {
        name: 'all local detectors over 4 KB',
        value: `${allUs.toFixed(0)} µs`,
        target: `<= ${targetUs} µs`,
        passed: allUs <= targetUs,
      },
    ],
  })
}

/** Sums up what is found, so that nothing can be left out as unused. */
function repeat(count: number, work: () => number): void {
  let found = 0
  for (let index = 0; index < count; index++) found += work()
  if (Number.isNaN(found)) throw new Error('the detectors of the bench found no number')
}
