import type { Usage, UsageUnits } from '@ratchet/contract'

/** What only some calls count, by the column that holds it; 0 for all others. */
export const partColumns = {
  cache_write_hour_tokens: 'cacheWriteHourTokens',
  audio_input_tokens: 'audioInputTokens',
  audio_output_tokens: 'audioOutputTokens',
  image_input_tokens: 'imageInputTokens',
  image_output_tokens: 'imageOutputTokens',
} as const satisfies Readonly<Record<string, Exclude<keyof Usage, 'units'>>>

/** What is no token, by its column. */
export const unitColumns = {
  images: 'images',
  audio_ms: 'audioMs',
  characters: 'characters',
  searches: 'searches',
  file_searches: 'fileSearches',
  batch_requests: 'requests',
} as const satisfies Readonly<Record<string, keyof UsageUnits>>

/** What came later, by its column. */
export const toolColumns = {
  tool_images: 'toolImages',
  containers: 'containers',
} as const satisfies Readonly<Record<string, keyof UsageUnits>>

/** Columns that tables from before they were there lack. */
export const addedColumns = [
  ...Object.keys(partColumns),
  ...Object.keys(unitColumns),
  ...Object.keys(toolColumns),
]

type UsageColumn =
  | 'input_tokens'
  | 'output_tokens'
  | 'cached_input_tokens'
  | 'cache_write_tokens'
  | 'reasoning_tokens'
  | keyof typeof partColumns
  | keyof typeof unitColumns
  | keyof typeof toolColumns

/** Part of a row of the `spans` table. */
export type UsageRow = Readonly<Record<UsageColumn, number>>

export function usageRowOf(usage: Usage): UsageRow {
  const { units } = usage
  return {
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cached_input_tokens: usage.cachedInputTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    reasoning_tokens: usage.reasoningTokens,
    cache_write_hour_tokens: usage.cacheWriteHourTokens ?? 0,
    audio_input_tokens: usage.audioInputTokens ?? 0,
    audio_output_tokens: usage.audioOutputTokens ?? 0,
    image_input_tokens: usage.imageInputTokens ?? 0,
    image_output_tokens: usage.imageOutputTokens ?? 0,
    images: units?.images ?? 0,
    audio_ms: units?.audioMs ?? 0,
    characters: units?.characters ?? 0,
    searches: units?.searches ?? 0,
    file_searches: units?.fileSearches ?? 0,
    batch_requests: units?.requests ?? 0,
    tool_images: units?.toolImages ?? 0,
    containers: units?.containers ?? 0,
  }
}

/** What was not counted is left out, as it was when it came. */
export function usageOf(row: UsageRow): Usage {
  const units = { ...counted(row, unitColumns), ...counted(row, toolColumns) }
  return {
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    cachedInputTokens: row.cached_input_tokens,
    cacheWriteTokens: row.cache_write_tokens,
    reasoningTokens: row.reasoning_tokens,
    ...counted(row, partColumns),
    ...(Object.keys(units).length === 0 ? {} : { units }),
  }
}

function counted<Column extends UsageColumn, Name extends string>(
  row: UsageRow,
  columns: Readonly<Record<Column, Name>>,
): Partial<Record<Name, number>> {
  const found: Partial<Record<Name, number>> = {}
  for (const column in columns) if (row[column] !== 0) found[columns[column]] = row[column]
  return found
}
