import { expect, test } from 'vitest'
import { rankCommands } from './rank-commands.ts'

const commands = [
  { group: 'Go to', label: 'Home' },
  { group: 'Go to', label: 'Traces' },
  { group: 'Do', label: 'Show failed traces', words: 'error' },
  { group: 'Do', label: 'Create an API key' },
]
const found = (typed: string) => rankCommands(commands, typed).map(({ label }) => label)

test('without words everything is there in its order', () => {
  expect(found(' ')).toEqual(commands.map(({ label }) => label))
})

test('a label that starts with the words comes first, also found are other words', () => {
  expect(found('tra')).toEqual(['Traces', 'Show failed traces'])
  expect(found('error')).toEqual(['Show failed traces'])
})

test('every word must be there, in any order', () => {
  expect(found('key create')).toEqual(['Create an API key'])
  expect(found('key trace')).toEqual([])
})
