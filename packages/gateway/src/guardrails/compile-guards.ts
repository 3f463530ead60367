import {
  isRemoteDetector,
  type GatewayConfig,
  type GuardrailAction,
  type GuardrailPlace,
  type GuardrailRule,
  type RemoteDetectorSpec,
  type StreamingMode,
} from '@ratchet/contract'
import { makeDetectors, type Detector, type Detectors } from '@ratchet/core/guardrails'
import type { CompiledProject } from '../snapshot/compile-snapshot.ts'

/** One rule of a guardrail with its detectors made. */
export type GuardRule = {
  readonly guardrail: string
  readonly name: string
  readonly action: GuardrailAction
  readonly streaming: StreamingMode
  readonly message: string | undefined
  readonly local: Detectors
  readonly remote: readonly RemoteDetectorSpec[]
}

/** The rules that hold for a call, by what they look at; a place without rules is undefined. */
export type Guards = Readonly<Record<GuardrailPlace, readonly GuardRule[] | undefined>>

/** Guards of a project, found once for each list of names. */
export type ProjectGuards = {
  /** Undefined when none of the names has a rule. */
  readonly of: (names: readonly string[]) => Guards | undefined
  /** Rules that could not be made, for the log: whoever depends on one is refused. */
  readonly problems: readonly string[]
}

const places = ['input', 'tool-result', 'output'] as const

/** Makes a project's guardrails. Those under `defaults` hold for every call. */
export function compileGuards({ guardrails, defaults }: GatewayConfig): ProjectGuards {
  const problems: string[] = []
  const rules = new Map(
    guardrails.map(({ name, rules: all }) => [
      name,
      all.map((rule) => ({ rule, made: makeRule(name, rule, problems) })),
    ]),
  )
  const known = new Map<string, Guards | undefined>()
  const find = (names: readonly string[]): Guards | undefined => {
    const used = [...new Set([...defaults.guardrails, ...names])].flatMap((name) => rules.get(name) ?? [])
    if (used.length === 0) return undefined
    const at = (place: GuardrailPlace) => {
      const found = used.filter(({ rule }) => rule.on.includes(place)).map(({ made }) => made)
      return found.length === 0 ? undefined : found
    }
    return Object.fromEntries(places.map((place) => [place, at(place)])) as Guards
  }
  const of = (names: readonly string[]): Guards | undefined => {
    const key = names.join(' ')
    if (!known.has(key)) known.set(key, find(names))
    return known.get(key)
  }
  return { of, problems }
}

const noGuards: ProjectGuards = { of: () => undefined, problems: [] }
const compiled = new WeakMap<CompiledProject, ProjectGuards>()

/** The guards of a project of a snapshot; made when they are first asked for. */
export function guardsOf(project: CompiledProject): ProjectGuards {
  if (project.config.guardrails.length === 0) return noGuards
  let guards = compiled.get(project)
  if (guards === undefined) compiled.set(project, (guards = compileGuards(project.config)))
  return guards
}

function makeRule(guardrail: string, rule: GuardrailRule, problems: string[]): GuardRule {
  const made: Detectors[] = []
  const remote: RemoteDetectorSpec[] = []
  for (const spec of rule.detectors) {
    if (isRemoteDetector(spec)) remote.push(spec)
    else {
      try {
        made.push(makeDetectors(spec))
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        problems.push(`Rule "${rule.name}" of guardrail "${guardrail}": ${reason}`)
        const broken = [brokenDetector(spec.type)]
        made.push({ text: broken, aside: broken, json: broken, whole: [] })
      }
    }
  }
  const { name, action, streaming, message } = rule
  const local = {
    text: made.flatMap(({ text }) => text),
    aside: made.flatMap(({ aside }) => aside),
    json: made.flatMap(({ json }) => json),
    whole: made.flatMap(({ whole }) => whole),
  }
  return { guardrail, name, action, streaming, message, local, remote }
}

/** A control that cannot work must not look like one that found nothing: everything is a finding to it. */
function brokenDetector(name: string): Detector {
  const found = (end: number) => [{ detector: name, kind: 'detector-broken', start: 0, end, score: 1 }]
  return {
    name,
    maxMatchLength: Number.POSITIVE_INFINITY,
    lookBehind: 0,
    scan: (text) => found(text.length),
    scanPart: (text, from, isLast) =>
      isLast ? { findings: found(text.length), settled: text.length } : { findings: [], settled: from },
  }
}
