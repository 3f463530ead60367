import type { LocalDetectorSpec } from '@ratchet/contract'
import { makeCanaryDetector } from './detectors/canary-detector.ts'
import { makeInvisibleDetector } from './detectors/invisible-detector.ts'
import { makeJsonSchemaDetector } from './detectors/json-schema-detector.ts'
import { makeLanguageDetector } from './detectors/language-detector.ts'
import { makeLengthDetector } from './detectors/length-detector.ts'
import { makeRefusalDetector } from './detectors/refusal-detector.ts'
import { makeRegexDetector } from './detectors/regex-detector.ts'
import { makeUrlDetector } from './detectors/url-detector.ts'
import { makeWordsDetector } from './detectors/words-detector.ts'
import type { Detector } from './finding.ts'
import { makeInjectionDetector } from './injection/injection-detector.ts'
import { makePiiDetector } from './pii/pii-detector.ts'
import { makeSecretsDetector } from './secrets/secrets-detector.ts'

/**
 * Makes the detector of a parsed spec. It is compiled once and may then scan any number of texts; it keeps
 * nothing of them. Throws `validation_failed` for what a schema cannot tell: patterns that are refused, limits
 * that contradict each other, unknown languages, JSON schemas that do not compile.
 */
export function makeDetector(spec: LocalDetectorSpec): Detector {
  switch (spec.type) {
    case 'pii':
      return makePiiDetector(spec)
    case 'secrets':
      return makeSecretsDetector(spec)
    case 'injection':
      return makeInjectionDetector(spec)
    case 'invisible':
      return makeInvisibleDetector()
    case 'words':
      return makeWordsDetector(spec)
    case 'regex':
      return makeRegexDetector(spec)
    case 'json-schema':
      return makeJsonSchemaDetector(spec)
    case 'length':
      return makeLengthDetector(spec)
    case 'language':
      return makeLanguageDetector(spec)
    case 'url':
      return makeUrlDetector(spec)
    case 'canary':
      return makeCanaryDetector(spec)
    case 'refusal':
      return makeRefusalDetector()
  }
}
