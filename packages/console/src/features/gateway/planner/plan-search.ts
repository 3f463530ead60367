import { optionalOneOf, optionalText } from '../../../app/search-params.ts'

const textFields = [
  'app',
  'model',
  'q',
  'requests',
  'input',
  'inputP95',
  'output',
  'outputP95',
  'peak',
  'speed',
  'cacheable',
  'shorten',
  'batch',
  'keep',
] as const

/** Fields that are typed. All stand in the URL as they were typed, so that a link brings the same form back. */
export type PlanField = (typeof textFields)[number]

/** Fields as the form calls them. */
export const fieldLabels: Readonly<Record<string, string>> = {
  models: 'Candidate models',
  requests: 'Requests a day',
  input: 'Input tokens, mean',
  inputP95: 'Input tokens, 95 % stay below',
  output: 'Output tokens, mean',
  outputP95: 'Output tokens, 95 % stay below',
  peak: 'Peak × average',
  speed: 'Tokens a second',
  cacheable: 'Cacheable, %',
  shorten: 'Shorter prompts, %',
  batch: 'Can wait, %',
  keep: 'Keep, minutes',
}

/** Ranges that recorded traffic is taken from. */
export const planRanges = [
  { value: '1d', label: 'Last 24 hours', days: 1 },
  { value: '7d', label: 'Last 7 days', days: 7 },
  { value: '30d', label: 'Last 30 days', days: 30 },
  { value: '90d', label: 'Last 90 days', days: 90 },
] as const
export const usualRange = '7d'

/** The planner as its URL says it: all that is needed to make the same plan again. */
export type PlanSearch = { readonly [Field in PlanField]?: string } & {
  /** Absent: from traces. */
  readonly from?: 'typed'
  readonly range?: (typeof planRanges)[number]['value']
  /** Candidate models, separated by commas. */
  readonly models?: string
  /** The model whose savings are shown; absent: the first. */
  readonly of?: string
}

/** Reads the planner's part of a URL; what makes no sense counts as absent. */
export function readPlanSearch(search: Record<string, unknown>): PlanSearch {
  return {
    ...Object.fromEntries(textFields.map((field) => [field, optionalText(search[field])])),
    from: optionalOneOf(search['from'], ['typed']),
    range: optionalOneOf(
      search['range'],
      planRanges.map(({ value }) => value),
    ),
    models: optionalText(search['models']),
    of: optionalText(search['of']),
  }
}

/** The candidate models, each once, in their order. */
export function modelsOf({ models }: PlanSearch): readonly string[] {
  const names = (models ?? '').split(',').map((name) => name.trim())
  return [...new Set(names)].filter((name) => name !== '')
}
