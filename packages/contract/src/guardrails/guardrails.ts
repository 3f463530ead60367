import { z } from 'zod'
import { localDetectorSpec, type LocalDetectorSpec, wholeTextTypes } from './guardrail-detectors.ts'
import { remoteDetectorSpec, type RemoteDetectorSpec } from './guardrail-services.ts'
import { slug } from '../words.ts'

export const detectorSpec = z.discriminatedUnion('type', [localDetectorSpec, remoteDetectorSpec])
export type DetectorSpec = LocalDetectorSpec | RemoteDetectorSpec

/** True for checks that another service or a model makes. */
export function isRemoteDetector(spec: DetectorSpec): spec is RemoteDetectorSpec {
  return 'timeoutMs' in spec
}

/** What a guardrail reads: the caller's messages, what tools gave back, the model's answer. */
export const guardrailPlaces = ['input', 'tool-result', 'output'] as const
export type GuardrailPlace = (typeof guardrailPlaces)[number]

/**
 * `block` refuses, `redact` replaces what was found, `flag` only records it, `ask-again` sends the answer
 * back to the model with what was wrong.
 */
export const guardrailActions = ['block', 'redact', 'flag', 'ask-again'] as const
export type GuardrailAction = (typeof guardrailActions)[number]

/**
 * How a streamed answer is checked. `buffer` releases it when all of it was checked; `window` holds back only
 * what could still become a match; `observe` releases at once and reports afterwards.
 */
export const streamingModes = ['buffer', 'window', 'observe'] as const
export type StreamingMode = (typeof streamingModes)[number]

const positionless = new Set(['json-schema', 'length', 'language', 'refusal'])
const ruleShape = z.strictObject({
  name: slug,
  detectors: z.array(detectorSpec).min(1).max(20),
  on: z
    .array(z.enum(guardrailPlaces))
    .min(1)
    .refine((places) => new Set(places).size === places.length, 'name each place once'),
  action: z.enum(guardrailActions),
  /** Without one: `observe` for `flag`, `buffer` for every other action. */
  streaming: z.enum(streamingModes).optional(),
  /** Said to the caller on `block`, or to the model on `ask-again`. */
  message: z.string().min(1).max(1000).optional(),
})

/**
 * One rule of a guardrail. Parsing fills in what depends on the action: the streaming mode, and for remote
 * detectors `onFailure` (`pass` for `flag`, `block` for everything else: a check that cannot run lets nothing by).
 */
export const guardrailRule = ruleShape
  .superRefine((rule, context) => {
    for (const [field, problem] of mistakesOf(rule))
      context.addIssue({ code: 'custom', path: field, message: problem })
  })
  .transform((rule) => ({
    ...rule,
    streaming: rule.streaming ?? (rule.action === 'flag' ? ('observe' as const) : ('buffer' as const)),
    detectors: rule.detectors.map((detector) =>
      isRemoteDetector(detector)
        ? {
            ...detector,
            onFailure:
              detector.onFailure ?? (rule.action === 'flag' ? ('pass' as const) : ('block' as const)),
          }
        : detector,
    ),
  }))
export type GuardrailRule = z.output<typeof guardrailRule>

/** A named list of rules, checked in order. Written as `guardrails/<name>.guardrail.yaml` in an app folder. */
export const guardrail = z.strictObject({
  name: slug,
  rules: z
    .array(guardrailRule)
    .min(1)
    .max(20)
    .refine((rules) => new Set(rules.map((rule) => rule.name)).size === rules.length, 'name each rule once'),
})
export type Guardrail = z.output<typeof guardrail>

function* mistakesOf(rule: z.output<typeof ruleShape>): Generator<[string[], string]> {
  const { action, streaming, detectors, on } = rule
  if (action === 'redact' && streaming === 'observe')
    yield [['streaming'], 'text that was already sent cannot be redacted: use "buffer" or "window"']
  if (action === 'ask-again' && streaming !== undefined && streaming !== 'buffer')
    yield [['streaming'], 'an answer can only be asked for again while none of it was sent: use "buffer"']
  if (action === 'ask-again' && on.some((place) => place !== 'output'))
    yield [['on'], '"ask-again" asks the model for another answer, so it works on "output" only']
  for (const [index, detector] of detectors.entries()) {
    const field = ['detectors', String(index), 'type']
    const isRemote = isRemoteDetector(detector)
    if (action === 'redact' && (isRemote || positionless.has(detector.type)))
      yield [field, `"${detector.type}" judges the text as a whole, so there is nothing to redact`]
    if (streaming === 'window' && (isRemote || wholeTextTypes.has(detector.type)))
      yield [field, `"${detector.type}" needs the whole text: use "buffer" or "observe"`]
  }
}
