import type { Candidate } from '../choose-candidates.ts'
import type { Detector } from '../finding.ts'
import { makeLocalDetector } from '../local-detector.ts'

const neighbourhood = 32
const longestRun = 4096
const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u
const pictograph = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\u{FE0F}\u{20E3}]/u
const joiningScript =
  /[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Mongolian}\p{Script=Thai}\p{Script=Lao}]/u

const hangul = /\p{Script=Hangul}/u

/** Classes of invisible code points, by what they are misused for. */
type InvisibleKind = 'tag-characters' | 'bidi-control' | 'zero-width' | 'variation-selector'

/**
 * Characters that are not seen but read by a model: tags (which can spell a hidden prompt), overrides of the
 * writing direction, zero-width characters and chains of variation selectors. Emoji, flags, and the joiners and
 * marks that Arabic, Persian, Hebrew and Indic texts need are left alone.
 */
export function makeInvisibleDetector(): Detector {
  return makeLocalDetector({
    name: 'invisible',
    maxMatchLength: longestRun,
    lookBehind: neighbourhood + 2,
    minScore: 0,
    find: findInvisible,
    openAt: (text, from) => {
      let open = Math.max(from, text.length - neighbourhood)
      const lowest = Math.max(from, open - longestRun)
      while (open > lowest && isSpecial(text, open - 1)) open -= 1
      return open
    },
  })
}

function findInvisible(text: string, from: number): Candidate[] {
  const found: Candidate[] = []
  for (let at = from; at < text.length;) {
    const code = text.charCodeAt(at)
    if (code < 0x34f && code !== 0xad) {
      at += 1
      continue
    }
    const kind = kindAt(text, at)
    const size = code >= 0xd800 && code <= 0xdbff ? 2 : 1
    if (kind === undefined) {
      at += 1
      continue
    }
    let end = at + size
    while (end - at < longestRun && kindAt(text, end) === kind) end += size
    if (!isLegitimate(text, { kind, start: at, end })) found.push({ kind, start: at, end, score: 1 })
    at = end
  }
  return found
}

function isSpecial(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xd800 && code <= 0xdfff ? true : kindAt(text, at) !== undefined
}

function kindAt(text: string, at: number): InvisibleKind | undefined {
  const code = text.charCodeAt(at)
  if (code < 0x200b) return kindOfLow(code)
  if (code === 0xdb40) {
    const low = text.charCodeAt(at + 1)
    if (low >= 0xdc00 && low <= 0xdc7f) return 'tag-characters'
    if (low >= 0xdd00 && low <= 0xddef) return 'variation-selector'
    return undefined
  }
  if ((code >= 0x200b && code <= 0x200d) || (code >= 0x2060 && code <= 0x2064) || code === 0xfeff)
    return 'zero-width'
  // Marks of direction, deprecated formats, blank letters of Hangul, notes between lines.
  if (code === 0x200e || code === 0x200f || (code >= 0x206a && code <= 0x206f)) return 'zero-width'
  if (code === 0x3164 || code === 0xffa0 || (code >= 0xfff9 && code <= 0xfffb)) return 'zero-width'
  if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return 'bidi-control'
  return code >= 0xfe00 && code <= 0xfe0f ? 'variation-selector' : undefined
}

function kindOfLow(code: number): InvisibleKind | undefined {
  if (code === 0xad || code === 0x34f || code === 0x61c || code === 0x115f || code === 0x1160)
    return 'zero-width'
  if (code === 0x17b4 || code === 0x17b5) return 'zero-width'
  return undefined
}

type Run = { readonly kind: InvisibleKind; readonly start: number; readonly end: number }

function isLegitimate(text: string, { kind, start, end }: Run): boolean {
  const before = characterBefore(text, start)
  const after = String.fromCodePoint(text.codePointAt(end) ?? 32)
  switch (kind) {
    case 'tag-characters':
      // The flags of England, Scotland and Wales: a black flag, five letters, and the closing tag.
      return before === '\u{1F3F4}' && end - start <= 14 && text.startsWith('\u{E007F}', end - 2)
    case 'variation-selector':
      return end - start <= 2 && start > 0 && !/\s/.test(before) && !/[a-z]/i.test(before)
    case 'bidi-control':
      if (end - start > 8 || /[\u202D\u202E]/.test(text.slice(start, end))) return false
      return rightToLeft.test(
        text.slice(Math.max(0, start - neighbourhood), Math.min(text.length, end + neighbourhood - 1)),
      )
    case 'zero-width': {
      const first = text.charCodeAt(start)
      // Hyphens that are seen where a line ends, and marks of direction, stand alone in ordinary texts.
      if (first === 0xad) return end - start === 1
      if (first === 0x200e || first === 0x200f || first === 0x61c) return end - start <= 2
      if (first === 0x115f || first === 0x1160) return hangul.test(before) || hangul.test(after)
      const isMarked = end - start === 2 && /[\u200E\u200F]/.test(text.slice(start, end))
      if (end - start > 1) return isMarked && rightToLeft.test(before + after)
      if (first === 0x34f) return /\p{M}/u.test(before)
      if (start === 0 && text.charCodeAt(0) === 0xfeff) return true
      const code = text.charCodeAt(start)
      if (code === 0x200d && pictograph.test(before) && pictograph.test(after)) return true
      return (code === 0x200c || code === 0x200d) && joiningScript.test(before)
    }
  }
}

function characterBefore(text: string, start: number): string {
  const low = text.charCodeAt(start - 1)
  const isPair = low >= 0xdc00 && low <= 0xdfff
  return start === 0 ? '' : text.slice(start - (isPair ? 2 : 1), start)
}
