import type { Evaluation, Metric, MetricComparison } from '@ratchet/contract'
import type { Output } from '../output.ts'
import {
  formatCount,
  formatDifference,
  formatDuration,
  formatInterval,
  formatMoney,
  formatProbability,
  formatScore,
} from '../render/figures.ts'

/** Metrics with their intervals, then the thresholds, then the differences to another evaluation. */
export function renderEvaluation(
  output: Output,
  evaluation: Evaluation,
  comparison?: Readonly<Record<string, MetricComparison>>,
): string {
  const parts = [metricTable(output, evaluation)]
  const thresholds = thresholdLines(output, evaluation)
  if (thresholds !== '') parts.push(thresholds)
  if (comparison) parts.push(comparisonTable(output, evaluation, comparison))
  return parts.join('\n\n')
}

function metricTable(output: Output, evaluation: Evaluation): string {
  const rows = Object.entries(evaluation.metrics)
  const show = (name: string) => figureFormat(evaluation, name)
  if (rows.length === 0) return output.paint.dim('no metrics: nothing was scored')
  type Row = (typeof rows)[number]
  return output.table(rows, [
    { title: 'METRIC', cell: ([name]: Row) => name },
    {
      title: 'MEAN',
      align: 'right',
      cell: ([name, { mean }]: Row) => (mean === null ? '–' : show(name)(mean)),
      paint: output.paint.bold,
    },
    {
      title: '95 % INTERVAL',
      align: 'right',
      cell: ([name, { low, high }]: Row) => formatInterval(low, high, show(name)),
    },
    { title: 'N', align: 'right', cell: ([, { n }]: Row) => formatCount(n) },
    {
      title: 'UNSCORED',
      align: 'right',
      cell: ([, { unscored }]: Row) => (unscored === 0 ? '' : formatCount(unscored)),
    },
    { title: 'METHOD', cell: ([, { method }]: Row) => methodNames[method], paint: output.paint.dim },
  ])
}

const methodNames: Readonly<Record<Metric['method'], string>> = {
  wilson: 'Wilson',
  clustered: 't, clustered',
  t: 't',
  none: '',
}

/** Time and money are shown with their units; everything else is a score. */
function figureFormat({ spec }: Evaluation, metric: string): (value: number) => string {
  const kinds = spec.evaluators.map((use) =>
    typeof use === 'string' ? { name: use, kind: use } : { name: use.as ?? use.name, kind: use.name },
  )
  const kind = kinds.find(({ name }) => name === metric)?.kind
  if (kind === 'latency') return formatDuration
  return kind === 'cost' ? formatMoney : formatScore
}

function thresholdLines(output: Output, { thresholds }: Evaluation): string {
  return thresholds
    .map(({ expression, passed, actual }) => {
      const text = `${passed ? '✓' : '✗'} ${expression} (${formatScore(actual)})`
      return passed ? output.paint.good(text) : output.paint.bad(text)
    })
    .join('\n')
}

function comparisonTable(
  output: Output,
  evaluation: Evaluation,
  comparison: Readonly<Record<string, MetricComparison>>,
): string {
  const show = (name: string) => figureFormat(evaluation, name)
  const rows = Object.entries(comparison)
  type Row = (typeof rows)[number]
  return output.table(rows, [
    { title: 'DIFFERENCE IN', cell: ([name]: Row) => name },
    {
      title: 'MEAN',
      align: 'right',
      cell: ([name, { difference }]: Row) => formatDifference(difference, show(name)),
      paint: output.paint.bold,
    },
    {
      title: '95 % INTERVAL',
      align: 'right',
      cell: ([name, { low, high }]: Row) => formatInterval(low, high, show(name)),
    },
    { title: 'P', align: 'right', cell: ([, { p }]: Row) => formatProbability(p) },
    { title: 'P (HOLM)', align: 'right', cell: ([, { pAdjusted }]: Row) => formatProbability(pAdjusted) },
    { title: 'IMPROVED', align: 'right', cell: ([, { improved }]: Row) => formatCount(improved) },
    { title: 'WORSE', align: 'right', cell: ([, { worse }]: Row) => formatCount(worse) },
    { title: 'EQUAL', align: 'right', cell: ([, { equal }]: Row) => formatCount(equal) },
  ])
}
