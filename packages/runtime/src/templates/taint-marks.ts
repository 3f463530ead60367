/**
 * While a template renders, text that comes from values stands between two marks, so that afterwards it is
 * known which letters the author wrote and which a caller did. The marks are Unicode noncharacters, never used
 * in text; those that arrive in values are replaced.
 */
const openMark = '\u{FDD0}'
const closeMark = '\u{FDD1}'
/** Stands for one letter of a value in {@link RenderedText.mask}. */
export const valueLetter = '\u{FDD2}'

/** What a template came to. `mask` has the same length, with {@link valueLetter} for each letter of a value. */
export type RenderedText = { readonly text: string; readonly mask: string }

/** Wraps text of a value; marks that are inside already are dropped. */
export function markValue(text: string): string {
  return `${openMark}${dropMarks(text)}${closeMark}`
}

/** Takes the marks out of rendered text, for a part that is used as a value again. */
export function dropMarks(text: string): string {
  return text.includes(openMark) || text.includes(closeMark) ? text.replace(/[\u{FDD0}\u{FDD1}]/gu, '') : text
}

/** Makes text from outside safe to mark: letters that look like marks become the replacement character. */
export function removeMarks(text: string): string {
  return /[\u{FDD0}-\u{FDD2}]/u.test(text) ? text.replace(/[\u{FDD0}-\u{FDD2}]/gu, '\u{FFFD}') : text
}

/** Splits marked text into what is read and what may be trusted. */
export function readMarks(marked: string): RenderedText {
  let text = ''
  let mask = ''
  let depth = 0
  for (const part of marked.split(/([\u{FDD0}\u{FDD1}])/u)) {
    if (part === openMark) depth += 1
    else if (part === closeMark) depth = Math.max(0, depth - 1)
    else {
      text += part
      mask += depth > 0 ? valueLetter.repeat(part.length) : part
    }
  }
  return { text, mask }
}
