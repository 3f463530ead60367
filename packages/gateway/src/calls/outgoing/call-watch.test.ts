import { afterEach, expect, test } from 'vitest'
import { CallWatch, type WatchedCall } from './call-watch.ts'

const watched: WatchedCall[] = []
let watch = new CallWatch()
afterEach(() => {
  for (const call of watched.splice(0)) watch.delete(call)
  watch.sweep(0)
})

/** A call whose provider must have sent something within a second from now, and all within ten. */
function startCall() {
  watch = new CallWatch()
  const nowMs = performance.now()
  const call = {
    watchIndex: -1,
    ends: [] as string[],
    idleMs: nowMs + 1_000,
    deadlineAtMs: nowMs + 10_000,
    idleAtMs: () => call.idleMs,
    onDeadline: () => call.ends.push('deadline'),
    onIdle: () => call.ends.push('idle'),
  }
  watch.add(call)
  watched.push(call)
  /** Looks every so many milliseconds, from the last look to `toMs`. */
  let atMs = 0
  const look = (toMs: number, everyMs = 40): void => {
    for (atMs += everyMs; atMs <= toMs; atMs += everyMs) watch.sweep(nowMs + atMs)
    atMs -= everyMs
  }
  return { call, look }
}

test('a provider that sends nothing is late on time', () => {
  const { call, look } = startCall()
  look(960)
  expect(call.ends).toEqual([])
  look(1_080)
  expect(call.ends[0]).toBe('idle')
})

test('after a pause of ours a provider has up to a second for what it sent meanwhile, and no longer', () => {
  const { call, look } = startCall()
  look(400)
  look(5_400, 5_000)
  look(6_300)
  expect(call.ends).toEqual([])
  look(6_600)
  expect(call.ends[0]).toBe('idle')
})

test('a short pause gives as long as it was', () => {
  const { call, look } = startCall()
  look(800)
  look(1_100, 300)
  look(1_350)
  expect(call.ends).toEqual([])
  look(1_500)
  expect(call.ends[0]).toBe('idle')
})

test('what came after the pause is what counts', () => {
  const { call, look } = startCall()
  look(400)
  look(5_400, 5_000)
  call.idleMs += 6_000
  look(6_900)
  expect(call.ends).toEqual([])
})

test('the end of a call that fell into a pause waits as well', () => {
  const { call, look } = startCall()
  call.idleMs += 60_000
  look(20_000, 20_000)
  look(20_900)
  expect(call.ends).toEqual([])
  look(21_200)
  expect(call.ends[0]).toBe('deadline')
})

test('a long pause right after a short one is one, too', () => {
  const { call, look } = startCall()
  look(400)
  look(550, 150)
  look(5_550, 5_000)
  look(6_400)
  expect(call.ends).toEqual([])
})

test('a process that pauses all the time ends late calls all the same', () => {
  const { call, look } = startCall()
  look(3_000, 300)
  expect(call.ends[0]).toBe('idle')
})
