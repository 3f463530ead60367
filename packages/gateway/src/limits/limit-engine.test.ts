import { budget, rateLimit, type Budget, type RateLimit } from '@ratchet/contract'
import { afterEach, describe, expect, test } from 'vitest'
import { LimitEngine } from './limit-engine.ts'
import type { LimitSubjects } from './limit-subjects.ts'
import type { Admission, Admitted, Refused, Reservation } from './limited-call.ts'
import { refusalError, refusalHeaders } from './refusal.ts'

const project = '00000000-0000-4000-8000-000000000001'
const start = Date.UTC(2026, 10, 21, 12)
const engines: LimitEngine[] = []
afterEach(() => engines.splice(0).forEach((engine) => engine.stop()))

type Input<Config> = Omit<Partial<Config>, 'scope'> & { scope?: string }

function limits(...configs: Input<RateLimit>[]): RateLimit[] {
  return configs.map((config, index) =>
    rateLimit.parse({ name: `limit-${index}`, scope: 'project', measure: 'requests', limit: 3, ...config }),
  )
}

function budgets(...configs: Input<Budget>[]): Budget[] {
  return configs.map((config) =>
    budget.parse({ name: 'team', scope: 'project', period: 'day', limitUsd: 1, ...config }),
  )
}

function makeEngine(rates: RateLimit[], money: Budget[] = [], maxSubjects = 1_000) {
  const time = { nowMs: start }
  const engine = new LimitEngine({ nowMs: () => time.nowMs, maxSubjects })
  engines.push(engine)
  engine.useConfig(project, rates, money)
  const begin = (subjects: Partial<LimitSubjects> = {}, use = { tokens: 0, costNano: 0 }): Admission =>
    engine.begin({ ...caller, ...subjects }, use, time.nowMs)
  return { engine, time, begin }
}

const caller: LimitSubjects = {
  project,
  environment: 'production',
  keyId: 'key-1',
  keyName: 'site',
  user: 'ada',
  app: '',
  model: 'openai/gpt',
  route: '',
}

function admitted(admission: Admission): Reservation {
  expect(admission).toMatchObject({ ok: true })
  return (admission as Admitted).reservation
}

function refused(admission: Admission): Refused['refusal'] {
  expect(admission).toMatchObject({ ok: false })
  return (admission as Refused).refusal
}

async function decided(admission: Admission): Promise<Admitted | Refused> {
  if (admission.ok !== 'later') throw new Error('it does not wait')
  const { ticket } = admission
  return new Promise((resolve) => ticket.wait({ onAdmission: resolve }))
}

describe('rates', () => {
  test('a project without limits is let through, also when another one has some', () => {
    const { engine, begin } = makeEngine(limits({ limit: 0 }))
    expect(begin({ project: 'other' })).toEqual(begin({ project: 'another' }))
    expect(begin({ project: 'other' }).ok).toBe(true)
    refused(begin())
    engine.useConfig(project, [], [])
    admitted(begin())
  })

  test('requests over the limit are refused until enough have left the window', () => {
    const { begin, time } = makeEngine(limits({ limit: 3, windowSeconds: 60 }))
    for (let call = 0; call < 3; call++) admitted(begin()).settle({ tokens: 1, costNano: 1 })
    const { retryAfterMs, used } = refused(begin())
    expect(used).toBe(3)
    time.nowMs += retryAfterMs - 1
    refused(begin())
    time.nowMs += 1
    admitted(begin())
  })

  test('A3.10 tokens are reserved before a call and settled after it, so parallel calls cannot overshoot', () => {
    const { begin } = makeEngine(limits({ measure: 'tokens', limit: 1_000 }))
    const running = Array.from({ length: 64 }, () => begin({}, { tokens: 100, costNano: 0 }))
    const held = running.filter((admission) => admission.ok === true)
    expect(held).toHaveLength(10)
    // They used less than was reserved: the rest is free at once, nothing stays blocked.
    for (const admission of held) admitted(admission).settle({ tokens: 20, costNano: 0 })
    expect(refused(begin({}, { tokens: 801, costNano: 0 })).used).toBe(200)
    admitted(begin({}, { tokens: 800, costNano: 0 }))
  })

  test('A3.10 what is settled or released twice counts once', () => {
    const { begin } = makeEngine(limits({ measure: 'tokens', limit: 100 }, { name: 'calls', limit: 5 }))
    const first = admitted(begin({}, { tokens: 60, costNano: 0 }))
    first.settle({ tokens: 50, costNano: 0 })
    first.settle({ tokens: 50, costNano: 0 })
    first.release()
    admitted(begin({}, { tokens: 50, costNano: 0 })).release()
    expect(refused(begin({}, { tokens: 51, costNano: 0 }))).toMatchObject({ used: 50, measure: 'tokens' })
    for (let call = 0; call < 4; call++) admitted(begin())
    expect(refused(begin())).toMatchObject({ used: 5, measure: 'requests' })
  })

  test('a call larger than the whole limit passes when nothing else is in the window', () => {
    const { begin } = makeEngine(limits({ measure: 'tokens', limit: 10 }))
    admitted(begin({}, { tokens: 50, costNano: 0 })).settle({ tokens: 8, costNano: 0 })
    refused(begin({}, { tokens: 50, costNano: 0 }))
  })

  test('a refused call takes nothing of the other limits', () => {
    const { begin } = makeEngine(limits({ name: 'wide', limit: 10 }, { name: 'narrow', limit: 1 }))
    const reservation = admitted(begin())
    refused(begin())
    refused(begin())
    expect(reservation.headers(start)).toContain('0')
    expect(refused(begin()).name).toBe('narrow')
  })

  test('each subject has the limit for itself, unless the limit names one', () => {
    const { begin } = makeEngine(
      limits({ scope: 'user', limit: 1 }, { name: 'one-key', scope: 'key', match: 'site', limit: 3 }),
    )
    admitted(begin())
    expect(refused(begin())).toMatchObject({ scope: 'user', subject: 'ada' })
    admitted(begin({ user: 'grace' }))
    admitted(begin({ user: 'edsger' }))
    expect(refused(begin({ user: 'alan' }))).toMatchObject({ name: 'one-key', subject: 'key-1' })
    admitted(begin({ user: 'alan', keyId: 'key-2', keyName: 'batch' }))
  })

  test('A3.15 leaving out the user is no way around the limit of users', () => {
    const { begin } = makeEngine(limits({ scope: 'user', limit: 1 }))
    admitted(begin({ user: '' }))
    expect(refused(begin({ user: '' })).subject).toBe('(none)')
  })

  test('names of any length count, and any priority is one', () => {
    const { begin } = makeEngine(
      limits({ scope: 'model', limit: 1, queue: { maxWaitMs: 50, maxRequests: 5 } }),
    )
    admitted(begin({ model: 'x'.repeat(100_000) }))
    for (const priority of [-3, 4.5, 99]) {
      expect(begin({ model: 'x'.repeat(100_000), priority }).ok).toBe('later')
    }
  })

  test('a new amount is in force at once and what was counted stays', () => {
    const { engine, begin } = makeEngine(limits({ limit: 5 }))
    for (let call = 0; call < 5; call++) admitted(begin())
    engine.useConfig(project, limits({ limit: 7 }), [])
    admitted(begin())
    admitted(begin())
    refused(begin())
  })

  test('concurrency counts running calls and frees them when they end, however they end', () => {
    const { begin } = makeEngine(limits({ measure: 'concurrency', limit: 2 }))
    const first = admitted(begin())
    const second = admitted(begin())
    expect(refused(begin())).toMatchObject({ kind: 'concurrency', used: 2 })
    first.settle({ tokens: 0, costNano: 0 })
    second.release()
    admitted(begin())
    admitted(begin())
    refused(begin())
  })

  test('amounts that are none count as nothing instead of breaking the counter', () => {
    const { begin } = makeEngine(limits({ measure: 'tokens', limit: 10 }))
    admitted(begin({}, { tokens: Number.NaN, costNano: 0 })).settle({ tokens: Number.NaN, costNano: -5 })
    admitted(begin({}, { tokens: 9.5, costNano: 0 }))
    expect(refused(begin({}, { tokens: 1, costNano: 0 })).used).toBe(10)
  })
})

describe('budgets of a process that counts alone', () => {
  const cents = (amount: number) => ({ tokens: 0, costNano: amount * 1e7 })

  test('A3.10 stop when they are used up and start anew with the next period', () => {
    const { begin, time } = makeEngine([], budgets({ limitUsd: 1 }))
    const spent = Array.from({ length: 64 }, () => begin({}, cents(3))).filter(({ ok }) => ok === true)
    expect(spent).toHaveLength(33)
    for (const call of spent) admitted(call).settle(cents(3))
    // One cent is left, less than a call: one may end the budget, the next is refused.
    admitted(begin({}, cents(3))).settle(cents(3))
    const refusal = refused(begin({}, cents(3)))
    expect(refusal).toMatchObject({ kind: 'budget', used: 102e7, limit: 100e7, resetMs: 12 * 3_600_000 })
    time.nowMs += refusal.retryAfterMs
    admitted(begin({}, cents(3)))
  })

  test('what began before midnight is charged to the day it began in', () => {
    const { begin, time } = makeEngine([], budgets({ limitUsd: 1 }))
    const late = admitted(begin({}, cents(90)))
    time.nowMs = Date.UTC(2026, 10, 22)
    admitted(begin({}, cents(90)))
    late.settle(cents(95))
    refused(begin({}, cents(90)))
  })

  test('a budget that only warns never refuses; one of zero refuses everything that costs', () => {
    const warning = makeEngine([], budgets({ limitUsd: 0.01, action: 'warn' }))
    for (let call = 0; call < 10; call++) admitted(warning.begin({}, cents(5))).settle(cents(5))
    const none = makeEngine([], budgets({ limitUsd: 0 }))
    refused(none.begin({}, cents(1)))
    admitted(none.begin({}, cents(0)))
  })
})

describe('waiting for a turn', () => {
  const line = (more: object = {}) =>
    limits({ measure: 'concurrency', limit: 1, queue: { maxWaitMs: 1_000, maxRequests: 3, ...more } })

  test('calls go on by priority and then by arrival', async () => {
    const { begin } = makeEngine(line())
    const running = admitted(begin())
    const order: string[] = []
    const waits = [
      ['low', 1],
      ['usual', undefined],
      ['high', 9],
    ].map(async ([name, priority]) => {
      const admission = await decided(begin({ priority: priority as number | undefined }))
      order.push(String(name))
      admitted(admission).settle({ tokens: 0, costNano: 0 })
    })
    refused(begin())
    running.release()
    await Promise.all(waits)
    expect(order).toEqual(['high', 'usual', 'low'])
  })

  test('a newcomer does not overtake who waits, unless it is more important', async () => {
    const { begin, time } = makeEngine(
      limits({ limit: 1, windowSeconds: 1, window: 'fixed', queue: { maxWaitMs: 9_000, maxRequests: 9 } }),
    )
    admitted(begin())
    const first = decided(begin())
    time.nowMs += 1_000
    const second = begin()
    expect(second.ok).toBe('later')
    admitted(await first)
    time.nowMs += 1_000
    admitted(await decided(second))
  })

  test('a client that goes away leaves the line, and what it would have used is free', async () => {
    const { begin, engine } = makeEngine(line())
    const running = admitted(begin())
    const leaving = begin()
    const staying = begin()
    const admission = decided(staying)
    if (leaving.ok !== 'later') throw new Error('it does not wait')
    leaving.ticket.wait({ onAdmission: () => expect.unreachable() })
    leaving.ticket.leave()
    expect(engine.stats().waiting).toBe(1)
    running.release()
    admitted(await admission).release()
    admitted(begin())
  })

  test('a wait ends with a refusal that says how long it was', async () => {
    const { begin, time } = makeEngine(line({ maxWaitMs: 50 }))
    admitted(begin())
    const waiting = decided(begin())
    time.nowMs += 51
    const refusal = refused(await waiting)
    expect(refusal.waitedMs).toBe(51)
    expect(refusalError(refusal, time.nowMs).message).toContain('after waiting 51ms in line')
  })

  test('thousands of waiting calls that all end at once do not exhaust the stack', async () => {
    const { begin } = makeEngine(line({ maxRequests: 20_000 }))
    const running = admitted(begin())
    const waits = Array.from({ length: 20_000 }, async () => admitted(await decided(begin())).release())
    running.release()
    await Promise.all(waits)
    admitted(begin())
  })
})

test('A3.6 a million different users do not grow memory without bound, and one near its limit is not forgotten', () => {
  const { engine, begin, time } = makeEngine(limits({ scope: 'user', limit: 5 }), [], 1_000)
  for (let call = 0; call < 5; call++) admitted(begin({ user: 'busy' }))
  for (let user = 0; user < 1_000_000; user++) begin({ user: `user-${user}` })
  expect(engine.stats().subjects).toBe(1_000)
  refused(begin({ user: 'busy' }))
  time.nowMs += 200_000
  engine.sweep(time.nowMs)
  expect(engine.stats().subjects).toBe(0)
})

describe('what a caller is told', () => {
  test('A3.11 the refusal names limit, use, reset and next step; Retry-After is in whole seconds', () => {
    const { begin, time } = makeEngine(
      limits({ name: 'per-user', scope: 'user', measure: 'tokens', limit: 100, windowSeconds: 60 }),
    )
    admitted(begin({}, { tokens: 90, costNano: 0 })).settle({ tokens: 90, costNano: 0 })
    const refusal = refused(begin({}, { tokens: 20, costNano: 0 }))
    const error = refusalError(refusal, time.nowMs)
    expect(error).toMatchObject({
      code: 'rate_limited',
      status: 429,
      details: {
        limit: 'per-user',
        scope: 'user',
        subject: 'ada',
        measure: 'tokens',
        allowed: 100,
        used: 90,
      },
    })
    expect(error.message).toMatch(
      /^The limit "per-user" of user "ada" is reached: 90 tokens of 100 tokens per 1m0s are used\. Try again in 1m\ds, or raise/,
    )
    const [name, seconds] = refusalHeaders(refusal)
    expect(name).toBe('retry-after')
    expect(seconds).toMatch(/^6[0-4]$/)
    expect(Number(seconds) * 1_000).toBeGreaterThanOrEqual(refusal.retryAfterMs)
  })

  test('a used-up budget is no rate: 402, so that clients do not try again all day', () => {
    const { begin, time } = makeEngine([], budgets({ limitUsd: 0.5 }))
    admitted(begin({}, { tokens: 0, costNano: 5e8 })).settle({ tokens: 0, costNano: 5e8 })
    const error = refusalError(refused(begin({}, { tokens: 0, costNano: 1 })), time.nowMs)
    expect(error).toMatchObject({
      code: 'budget_exceeded',
      status: 402,
      details: { allowed: 0.5, used: 0.5, resetsAt: '2026-11-22T00:00:00.000Z' },
    })
    expect(error.message).toBe(
      'The budget "team" of the project is used up: $0.5 of $0.5 for the day are used. It starts anew at 2026-11-22T00:00:00.000Z. Raise it in the gateway\'s configuration, or see who spends with: ratchet budgets list',
    )
  })

  test('a budget that is not known to be used up is worth another try soon', () => {
    const { begin, time } = makeEngine([], budgets({ limitUsd: 1 }))
    admitted(begin({}, { tokens: 0, costNano: 8e8 }))
    // What is refused now, may fit when the running call has ended.
    const error = refusalError(refused(begin({}, { tokens: 0, costNano: 4e8 })), time.nowMs)
    expect(error).toMatchObject({ code: 'rate_limited', status: 429 })
    expect(error.message).toBe(
      'The budget "team" of the project has nothing left for this gateway now: $0.8 of $1.00 for the day are used, and running calls or other gateways hold the rest, or control cannot be asked for it. Try again in 1s.',
    )
  })

  test('headers have the form of OpenAI and show the tightest limit', () => {
    const { begin, time } = makeEngine(
      limits(
        { name: 'project', limit: 100 },
        { name: 'user', scope: 'user', limit: 5, windowSeconds: 360, window: 'fixed' },
        { name: 'tokens', measure: 'tokens', limit: 1_000 },
      ),
    )
    const reservation = admitted(begin({}, { tokens: 300, costNano: 0 }))
    const headers = reservation.headers(time.nowMs)
    expect(headers).toEqual([
      'x-ratelimit-limit-requests',
      '5',
      'x-ratelimit-remaining-requests',
      '4',
      'x-ratelimit-reset-requests',
      '6m0s',
      'x-ratelimit-limit-tokens',
      '1000',
      'x-ratelimit-remaining-tokens',
      '700',
      'x-ratelimit-reset-tokens',
      '0ms',
    ])
    expect(admitted(makeEngine([]).begin()).headers(start)).toEqual([])
  })
})
