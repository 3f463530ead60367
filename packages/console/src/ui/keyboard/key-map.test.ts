import { expect, test } from 'vitest'
import { type KeyPress, makeKeyMap } from './key-map.ts'

const press = (key: string, parts: Partial<KeyPress> = {}): KeyPress => ({
  key,
  mod: false,
  alt: false,
  typing: false,
  ...parts,
})

function makeMap() {
  const done: string[] = []
  let now = 0
  const map = makeKeyMap(() => now)
  const bind = (...names: string[]) =>
    map.add(names.map((keys) => ({ keys, label: keys, group: 'Test', run: () => done.push(keys) })))
  return { map, done, bind, wait: (ms: number) => (now += ms) }
}

test('two keys in turn make a sequence, a late second key does not', () => {
  const { map, done, bind, wait } = makeMap()
  bind('g t', 'g j')
  expect(map.press(press('g'))).toBe(false)
  expect(map.press(press('t'))).toBe(true)
  map.press(press('g'))
  wait(1300)
  expect(map.press(press('t'))).toBe(false)
  expect(done).toEqual(['g t'])
})

test('a sequence comes before the single key of its second letter', () => {
  const { map, done, bind } = makeMap()
  bind('j', 'g j')
  for (const key of ['j', 'g', 'j']) map.press(press(key))
  expect(done).toEqual(['j', 'g j'])
})

test('the newest binding of a key wins until it is taken away', () => {
  const { map } = makeMap()
  const done: string[] = []
  const add = (name: string) =>
    map.add([{ keys: 'Escape', label: name, group: 'Test', run: () => done.push(name) }])
  add('page')
  const remove = add('drawer')
  map.press(press('Escape'))
  remove()
  map.press(press('Escape'))
  expect(done).toEqual(['drawer', 'page'])
})

test('while typing only bindings that say so work, and Alt belongs to the browser', () => {
  const { map, done, bind } = makeMap()
  bind('j')
  map.add([
    { keys: 'mod+k', label: 'Palette', group: 'Test', run: () => done.push('palette'), whileTyping: true },
  ])
  expect(map.press(press('j', { typing: true }))).toBe(false)
  expect(map.press(press('K', { mod: true, typing: true }))).toBe(true)
  expect(map.press(press('j', { alt: true }))).toBe(false)
  expect(done).toEqual(['palette'])
})
