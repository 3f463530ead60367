import { extractTerms } from '../../text-metrics/index.ts'
import { findLabelled, type Evidence } from './evidence.ts'
import { readable } from './flatten-tool-result.ts'
import { numberOf, typeOf, type JsonSchema } from './json-schema.ts'

const numberPattern =
  /(?<![\p{L}\p{N}_.-])[-−]?\d+(?:,\d{3})+(?:\.\d+)?|(?<![\p{L}\p{N}_.])[-−]?\d+(?:\.\d+)?/gu

/** The number that stands nearest to the label's words, moved into the schema's bounds; the low bound without any. */
export function fillNumber(schema: JsonSchema, label: string, evidence: Evidence): number {
  return intoBounds(findNumber(label, evidence, typeOf(schema) === 'integer') ?? 0, schema)
}

/** The number a text gives for a label, or undefined when it has no number at all. */
export function findNumber(label: string, evidence: Evidence, isInteger: boolean): number | undefined {
  const stated = findLabelled(label, evidence)
  const candidates = [
    ...(stated === undefined ? [] : [stated]),
    ...evidence.about(label),
    ...evidence.sentences,
  ]
  for (const candidate of candidates) {
    const numbers = [...candidate.matchAll(numberPattern)].filter(
      ([digits]) => !isInteger || !digits.includes('.'),
    )
    const wanted = new Set(extractTerms(readable(label)))
    const places = [...candidate.matchAll(/[\p{L}]+/gu)]
      .filter(([word]) => extractTerms(word).some((term) => wanted.has(term)))
      .map((match) => match.index)
    const distance = (at: number) =>
      Math.min(Infinity, ...places.map((place) => (at >= place ? at - place : (place - at) * 1.5)))
    const nearest = numbers.toSorted((a, b) => distance(a.index) - distance(b.index) || a.index - b.index)[0]
    if (nearest) return Number(nearest[0].replaceAll(',', '').replace('−', '-'))
  }
  return undefined
}

function intoBounds(value: number, schema: JsonSchema): number {
  const isInteger = typeOf(schema) === 'integer'
  const step = numberOf(schema, 'multipleOf') ?? (isInteger ? 1 : undefined)
  const gap = step ?? 1e-6
  const above = numberOf(schema, 'exclusiveMinimum')
  const below = numberOf(schema, 'exclusiveMaximum')
  const low = Math.max(numberOf(schema, 'minimum') ?? -Infinity, above ?? -Infinity)
  const high = Math.min(numberOf(schema, 'maximum') ?? Infinity, below ?? Infinity)
  const clipped = Math.min(high, Math.max(low, value))
  const onStep = (at: number) =>
    step === undefined ? at : Number((Math.round(at / step) * step).toPrecision(15))
  const fits = (at: number) =>
    at >= low && at <= high && (above === undefined || at > above) && (below === undefined || at < below)
  const tries = [clipped, clipped + gap, clipped - gap, (low + high) / 2].filter(Number.isFinite).map(onStep)
  return tries.find(fits) ?? clipped
}
