import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const css = readFileSync(`${import.meta.dirname}/tokens.css`, 'utf8')
const pairs = new Map(
  [...css.matchAll(/--([a-z-]+): light-dark\((#[0-9a-f]{6,8}), (#[0-9a-f]{6,8})\)/g)].map(
    ([, name, light, dark]) => [name!, { light: light!, dark: dark! }],
  ),
)

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(text: string, ground: string, theme: 'light' | 'dark'): number {
  const [a, b] = [luminance(pairs.get(text)![theme]), luminance(pairs.get(ground)![theme])]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

const grounds = ['bg', 'bg-subtle', 'bg-raised', 'bg-hover'] as const
const themes = ['light', 'dark'] as const

test.each(themes)('body text has AAA contrast on every ground in the %s theme', (theme) => {
  for (const ground of [...grounds, 'bg-active', 'bg-selected']) {
    expect(contrast('text', ground, theme), ground).toBeGreaterThanOrEqual(7)
  }
})

test.each(themes)('every other text colour has AA contrast on every ground in the %s theme', (theme) => {
  for (const text of ['text-muted', 'text-faint', 'accent', 'ok', 'warn', 'bad', 'info']) {
    for (const ground of grounds)
      expect(contrast(text, ground, theme), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5)
  }
})

test.each(themes)(
  'state colours are readable on their own tint and on solid fills in the %s theme',
  (theme) => {
    for (const state of ['ok', 'warn', 'bad', 'info']) {
      expect(contrast(state, `${state}-bg`, theme), state).toBeGreaterThanOrEqual(4.5)
    }
    for (const solid of ['accent-solid', 'accent-solid-hover', 'bad-solid']) {
      expect(contrast('on-accent', solid, theme), solid).toBeGreaterThanOrEqual(4.5)
    }
  },
)

test.each(themes)('the frame of a control is visible in the %s theme', (theme) => {
  for (const ground of ['bg', 'bg-subtle', 'bg-raised']) {
    expect(contrast('border-control', ground, theme), ground).toBeGreaterThanOrEqual(3)
  }
})
