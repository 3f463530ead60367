import type { ImportReport } from './import-report.ts'
import type { LiteLlmConfig } from './litellm-config.ts'

type Path = readonly (string | number)[]

/** The models that a model group falls back to. */
export type Fallbacks = {
  readonly of: (group: string) => readonly { readonly name: string; readonly path: Path }[]
  /** True when prompts that are too long, or refused contents, fall back too. */
  readonly isOn: (kind: 'context-length' | 'content-filter', group: string) => boolean
}

const kinds = [
  ['fallbacks', undefined],
  ['context_window_fallbacks', 'context-length'],
  ['content_policy_fallbacks', 'content-filter'],
] as const

/** Reads fallbacks of both places that LiteLLM has for them; those of the router count first. */
export function readFallbacks(config: LiteLlmConfig, report: ImportReport): Fallbacks {
  const standard = (['router_settings', 'litellm_settings'] as const).flatMap((place) =>
    (config[place]?.default_fallbacks ?? []).map((name) => ({ name, path: [place, 'default_fallbacks'] })),
  )
  for (const { path } of standard) report.add('translated', path, placeOf(everyGroup))
  const hasDefault = standard.length > 0
  const lists = new Map<string, { name: string; path: Path }[]>()
  const on = new Map<string, Set<string>>()
  for (const place of ['router_settings', 'litellm_settings'] as const) {
    for (const [field, kind] of kinds) {
      config[place]?.[field]?.forEach((entry, index) => {
        for (const [group, names] of Object.entries(entry)) {
          const path = [place, field, index, group]
          const list = lists.get(group) ?? []
          for (const name of names) {
            if (typeof name === 'string') list.push({ name, path })
            else report.add('left-out', path, 'A fallback with parameters of its own is not known here.')
          }
          lists.set(group, list)
          const isOverruled = group === everyGroup && hasDefault
          if (isOverruled) report.add('left-out', path, 'default_fallbacks goes before it.')
          else if (kind === undefined) report.add('translated', path, placeOf(group))
          else {
            on.set(kind, (on.get(kind) ?? new Set()).add(group))
            report.add(
              'adapted',
              path,
              `The route has one list of fallbacks, which "${kind}" moves on along too.`,
            )
          }
        }
      })
    }
  }
  // LiteLLM takes the last list that is for everybody, and the default comes last.
  const others = hasDefault ? standard : (lists.get(everyGroup) ?? [])
  return {
    of: (group) => lists.get(group) ?? others.filter(({ name }) => name !== group),
    isOn: (kind, group) => on.get(kind)?.has(group) === true || on.get(kind)?.has(everyGroup) === true,
  }
}

/** Written in place of a model, this is every model without fallbacks of its own. */
const everyGroup = '*'

function placeOf(group: string): string {
  return group === everyGroup ? 'Behind every route without its own.' : 'Targets behind those of the model.'
}
