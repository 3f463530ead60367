import { stripVTControlCharacters } from 'node:util'

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
// East Asian wide and fullwidth blocks, and everything drawn as an emoji.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u
const invisible = /^[\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Zl}\p{Zp}]+$/u

/** Columns that text takes in a terminal; colour codes take none, CJK and emoji two. */
export function textWidth(text: string): number {
  let width = 0
  for (const { segment } of segmenter.segment(stripVTControlCharacters(text))) width += segmentWidth(segment)
  return width
}

/** Cuts plain text to a width, with `…` when something is lost. */
export function fitText(text: string, width: number): string {
  const line = text.replace(/\s+/gu, ' ').trim()
  if (textWidth(line) <= width) return line
  let fitted = ''
  let used = 0
  for (const { segment } of segmenter.segment(line)) {
    used += segmentWidth(segment)
    if (used > width - 1) break
    fitted += segment
  }
  return width < 1 ? '' : `${fitted.trimEnd()}…`
}

/** Pads to a width on the side away from the alignment. */
export function padText(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const fill = ' '.repeat(Math.max(0, width - textWidth(text)))
  return align === 'right' ? fill + text : text + fill
}

function segmentWidth(segment: string): number {
  if (invisible.test(segment)) return 0
  return wide.test(segment) ? 2 : 1
}
