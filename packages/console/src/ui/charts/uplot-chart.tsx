import { type ReactElement, useEffect, useMemo, useRef, useState } from 'react'
import uPlot from 'uplot'
import { formatExactTime } from '../numbers/format-time.ts'
import { noData } from '../numbers/format-number.ts'
import { useElementWidth } from '../table/use-element-width.ts'
import { useThemeChange } from '../use-theme-change.ts'
import type { LineChartProps } from './line-chart-data.ts'
import { makeChartOptions, toColumns } from './uplot-options.ts'

/** uPlot in our tokens. Loaded only when a chart is shown: use `LineChart`. */
export default function UplotChart(props: LineChartProps): ReactElement {
  const host = useRef<HTMLDivElement>(null)
  const widthPx = useElementWidth(host, 600)
  const [hovered, setHovered] = useState<number>()
  const theme = useThemeChange()
  const handlers = useRef(props)
  useEffect(() => {
    handlers.current = props
  })
  const { times, series, marks, format, heightPx = 200 } = props
  const data = useMemo(() => toColumns(times, series), [times, series])
  useEffect(() => {
    const element = host.current
    if (element === null) return
    const options = makeChartOptions({
      host: element,
      widthPx: element.clientWidth,
      heightPx: heightPx - 24,
      series,
      marks: marks ?? [],
      format,
      onHover: setHovered,
      onBrush: (from, to) => handlers.current.onBrush?.(from, to),
      onOpen: (at) => handlers.current.onOpen?.(at),
    })
    const chart = new uPlot(options, data, element)
    return () => chart.destroy()
    // Drawn anew when size or theme change: a few milliseconds, and no state of the chart outlives them.
  }, [data, series, marks, format, heightPx, widthPx, theme])
  const index = hovered ?? times.length - 1
  const time = times[index]
  return (
    <figure aria-label={props.label} className="m-0">
      <figcaption className="flex h-6 items-center gap-4 overflow-hidden text-small whitespace-nowrap text-muted">
        {series.map((one) => (
          <span key={one.label} className="inline-flex items-center gap-1.5">
            <span className="h-0.5 w-3" style={{ background: `var(--${one.colour})` }} aria-hidden />
            {one.label}
            <span className="font-medium text-ink tabular-nums">
              {one.values[index] === undefined || one.values[index] === null
                ? noData
                : format(one.values[index])}
            </span>
          </span>
        ))}
        <span className="ml-auto text-faint tabular-nums">
          {time === undefined ? '' : formatExactTime(time).slice(0, 19)}
        </span>
      </figcaption>
      <div ref={host} />
    </figure>
  )
}
