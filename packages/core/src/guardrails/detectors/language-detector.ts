import { AppError, type LocalDetectorSpec } from '@ratchet/contract'
import { detectAll, supportedLanguages, toISO2 } from 'tinyld/light'
import type { Detector, Finding } from '../finding.ts'
import { makeWholeTextDetector } from '../local-detector.ts'

type LanguageSpec = Extract<LocalDetectorSpec, { type: 'language' }>

const knownLanguages: ReadonlySet<string> = new Set(supportedLanguages.map(toISO2))
// More text does not make the verdict better, only slower.
const sampleLength = 4000
const notProse = /```[\s\S]*?(?:```|$)|`[^`\n]*`|\bhttps?:\/\/\S+|\S{1,64}@\S{1,64}/gu
// Words of letters alone: not identifiers, numbers, keys or anything else of a program.
const words =
  /(?<![\p{L}\p{M}\p{N}_@/\\=.+-])[\p{L}\p{M}'’-]{1,24}(?![\p{L}\p{M}\p{N}_@/\\=+(-]|\.[\p{L}\p{N}]|:\/)/gu
const unspacedText =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]+/gu

/**
 * Texts in a language that is not allowed, told by letters and letter groups. Code, addresses and digits do not
 * count; a text with too few letters is not judged. Throws `validation_failed` for a language it does not know.
 */
export function makeLanguageDetector(spec: LanguageSpec): Detector {
  const unknown = spec.allow.find((language) => !knownLanguages.has(language))
  if (unknown !== undefined)
    throw new AppError('validation_failed', {
      message: `Language "${unknown}" cannot be told apart. Known are: ${[...knownLanguages].toSorted().join(', ')}.`,
      details: { field: 'allow', language: unknown },
    })
  const allowed = new Set(spec.allow)
  return makeWholeTextDetector('language', (text) => {
    const language = detectLanguage(text, spec.minLetters)
    if (language === undefined || language.candidates.some((candidate) => allowed.has(candidate))) return []
    const { length } = text
    const finding: Finding = {
      detector: 'language',
      kind: 'language-not-allowed',
      start: 0,
      end: length,
      score: 0.8,
      detail: `The text seems to be in "${language.candidates[0] ?? ''}".`,
    }
    return [finding]
  })
}

/** The likeliest language, with those that are nearly as likely; undefined for too little text. */
function detectLanguage(text: string, minLetters: number): { candidates: string[] } | undefined {
  const plain = text.slice(0, sampleLength).replace(notProse, ' ')
  const unspaced = plain.match(unspacedText)?.join(' ') ?? ''
  const prose = `${plain.match(words)?.join(' ') ?? ''} ${unspaced}`
  // A Han, kana, Hangul or Thai character says as much as three letters.
  const letters = (prose.match(/[\p{L}\p{M}]/gu)?.length ?? 0) + 2 * unspaced.length
  if (letters < minLetters) return undefined
  const found = detectAll(prose)
  const best = found[0]
  if (!best) return undefined
  // Short texts are easily mistaken, so there a distant second still counts.
  const share = letters < 60 ? 0.25 : letters < 200 ? 0.5 : 0.8
  const candidates = found.filter(({ accuracy }) => accuracy >= best.accuracy * share).map(({ lang }) => lang)
  return { candidates }
}
