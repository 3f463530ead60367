import { AppError, type LocalDetectorSpec } from '@ratchet/contract'
import { detectAll, supportedLanguages, toISO2 } from 'tinyld/light'
import type { Detector, Finding } from '../finding.ts'
import { makeWholeTextDetector } from '../local-detector.ts'

type LanguageSpec = Extract<LocalDetectorSpec, { type: 'language' }>

const knownLanguages: ReadonlySet<string> = new Set(supportedLanguages.map(toISO2))
// More text does not make the verdict better, only slower.
const sampleLength = 4000
const notProse = /```[\s\S]*?(?:```|$)|`[^`\n]*`|\bhttps?:\/\/\S+|\S{1,64}@\S{1,64}|[\d_{}()[\]<>=|\\/]+/gu

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
  const prose = text.slice(0, sampleLength).replace(notProse, ' ')
  // A Han, kana or Hangul character says as much as three letters.
  const dense =
    prose.match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/gu)?.length ?? 0
  const letters = (prose.match(/\p{L}/gu)?.length ?? 0) + 2 * dense
  if (letters < minLetters) return undefined
  const found = detectAll(prose)
  const best = found[0]
  if (!best) return undefined
  const candidates = found.filter(({ accuracy }) => accuracy >= best.accuracy * 0.8).map(({ lang }) => lang)
  return { candidates }
}
