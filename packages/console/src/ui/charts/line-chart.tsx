import { lazy, type ReactElement, Suspense } from 'react'
import type { LineChartProps } from './line-chart-data.ts'

const UplotChart = lazy(() => import('./uplot-chart.tsx'))

/**
 * Values over time: thin lines with their names at the right end, intervals as bands, deployments and alerts as marks.
 * Hover shows every series' exact value, dragging zooms (`onBrush`), a click opens the rows behind (`onOpen`).
 */
export function LineChart(props: LineChartProps): ReactElement {
  return (
    <div style={{ height: props.heightPx ?? 200 }} className="min-w-0">
      <Suspense fallback={<div className="h-full animate-pulse-slow rounded-control bg-hover" />}>
        <UplotChart {...props} />
      </Suspense>
    </div>
  )
}
