export type ChartColour = 'accent' | 'ok' | 'warn' | 'bad' | 'info' | 'text-muted'

export type ChartSeries = {
  readonly label: string
  readonly colour: ChartColour
  /** One per time; null is a gap ("no data" is never zero). */
  readonly values: readonly (number | null)[]
  /** The interval around each value, drawn as a band. */
  readonly low?: readonly (number | null)[]
  readonly high?: readonly (number | null)[]
}

export type ChartMark = { readonly at: Date; readonly label: string; readonly colour?: ChartColour }

export type LineChartProps = {
  readonly label: string
  readonly times: readonly Date[]
  readonly series: readonly ChartSeries[]
  readonly format: (value: number) => string
  readonly marks?: readonly ChartMark[]
  readonly heightPx?: number
  readonly onBrush?: (from: Date, to: Date) => void
  readonly onOpen?: (at: Date) => void
}
