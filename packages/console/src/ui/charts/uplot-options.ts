import type uPlot from 'uplot'
import type { ChartMark, ChartSeries } from './line-chart-data.ts'
import { resolveColour } from './resolve-colour.ts'

type Parts = {
  readonly host: HTMLElement
  readonly widthPx: number
  readonly heightPx: number
  readonly series: readonly ChartSeries[]
  readonly marks: readonly ChartMark[]
  readonly format: (value: number) => string
  readonly onHover: (index: number | undefined) => void
  readonly onBrush: (from: Date, to: Date) => void
  readonly onOpen: (at: Date) => void
}

/** uPlot's columns: times in seconds, then for each series its values and, when it has a band, high and low. */
export function toColumns(times: readonly Date[], series: readonly ChartSeries[]): uPlot.AlignedData {
  const columns = series.flatMap((one) =>
    one.low === undefined || one.high === undefined
      ? [[...one.values]]
      : [[...one.values], [...one.high], [...one.low]],
  )
  return [times.map((time) => time.getTime() / 1000), ...columns]
}

/** Everything uPlot needs, with the colours of the current theme. */
export function makeChartOptions(parts: Parts): uPlot.Options {
  const faint = resolveColour(parts.host, 'text-faint')
  const grid = resolveColour(parts.host, 'border')
  const font = `12px ${getComputedStyle(parts.host).fontFamily}`
  const axis = { stroke: faint, font, ticks: { show: false }, grid: { stroke: grid, width: 1 } }
  const bands: uPlot.Band[] = []
  const lines: uPlot.Series[] = [{}]
  for (const one of parts.series) {
    const stroke = resolveColour(parts.host, one.colour)
    lines.push({ label: one.label, stroke, width: 1.5, points: { show: false }, spanGaps: false })
    if (one.low === undefined || one.high === undefined) continue
    const edge: uPlot.Series = { stroke: 'transparent', points: { show: false } }
    const at = lines.push(edge, edge) - 2
    bands.push({ series: [at, at + 1], fill: stroke.replace(/^rgb\((.*)\)$/, 'rgba($1, 0.14)') })
  }
  return {
    width: parts.widthPx,
    height: parts.heightPx,
    padding: [8, 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: true, y: false, setScale: false }, points: { size: 6 } },
    axes: [
      { ...axis, grid: { show: false }, space: 80 },
      { ...axis, size: 56, space: 40, values: (_chart, ticks) => ticks.map(parts.format) },
    ],
    series: lines,
    bands,
    hooks: {
      draw: [(chart) => drawMarks(chart, parts, font)],
      setCursor: [(chart) => parts.onHover(chart.cursor.idx ?? undefined)],
      setSelect: [(chart) => brush(chart, parts.onBrush)],
      ready: [(chart) => listenForClicks(chart, parts.onOpen)],
    },
  }
}

function brush(chart: uPlot, onBrush: Parts['onBrush']): void {
  const { left, width } = chart.select
  if (width < 4) return
  onBrush(timeAt(chart, left), timeAt(chart, left + width))
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
}

function listenForClicks(chart: uPlot, onOpen: Parts['onOpen']): void {
  let downX = 0
  chart.over.addEventListener('pointerdown', (event) => {
    downX = event.clientX
  })
  chart.over.addEventListener('click', (event) => {
    // The end of a drag is a click too; it belongs to the brush.
    if (Math.abs(event.clientX - downX) > 3) return
    const index = chart.cursor.idx
    const seconds = index === null || index === undefined ? undefined : chart.data[0][index]
    if (seconds !== undefined) onOpen(new Date(seconds * 1000))
  })
}

function timeAt(chart: uPlot, leftPx: number): Date {
  return new Date(chart.posToVal(leftPx, 'x') * 1000)
}

function drawMarks(chart: uPlot, parts: Parts, font: string): void {
  const { ctx, bbox } = chart
  const ratio = window.devicePixelRatio
  ctx.save()
  ctx.textAlign = 'left'
  ctx.textBaseline = 'alphabetic'
  ctx.font = font.replace('12px', `${String(12 * ratio)}px`)
  for (const mark of parts.marks) {
    const x = chart.valToPos(mark.at.getTime() / 1000, 'x', true)
    if (x < bbox.left || x > bbox.left + bbox.width) continue
    const colour = resolveColour(parts.host, mark.colour ?? 'text-muted')
    ctx.strokeStyle = colour
    ctx.fillStyle = colour
    ctx.setLineDash([3 * ratio, 3 * ratio])
    ctx.beginPath()
    ctx.moveTo(x, bbox.top)
    ctx.lineTo(x, bbox.top + bbox.height)
    ctx.stroke()
    ctx.fillText(mark.label, x + 4 * ratio, bbox.top + 12 * ratio)
  }
  ctx.restore()
}
