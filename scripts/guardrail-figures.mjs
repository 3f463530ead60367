// `node_modules/.bin/node scripts/guardrail-figures.mjs [--write]`: precision and recall of the guardrail
// detectors on the labelled cases, for every kind; `--write` puts the short table into docs/guardrails.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { measureDetectors, readLabelledCases } from '@ratchet/core/guardrails'

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url))
const page = path('docs/guardrails.md')
const begin = '<!-- figures: begin -->\n'
const end = '<!-- figures: end -->'

export function readCases() {
  const file = 'packages/core/src/guardrails/measure/labelled-cases.jsonl'
  return readLabelledCases(readFileSync(path(file), 'utf8'))
}

/** Measures of both splits: `{ tuning, heldOut }`. */
export function measureFigures() {
  const cases = readCases()
  const of = (split) => measureDetectors(cases.filter((item) => item.split === split))
  return { tuning: of('tuning'), heldOut: of('held-out') }
}

/** The table of the docs: detectors as a whole, held-out cases with intervals, tuning cases beside them. */
export function renderFigures({ tuning, heldOut }) {
  const rows = heldOut
    .filter(({ kind }) => kind === 'any')
    .map((measure) => {
      const other = tuning.find(({ detector, kind }) => detector === measure.detector && kind === 'any')
      const cells = [
        `\`${measure.detector}\``,
        rate(measure.precision),
        rate(measure.recall),
        `${measure.expected} of ${measure.cases}`,
        `${number(other.precision)} / ${number(other.recall)}`,
        `${other.expected} of ${other.cases}`,
      ]
      return `| ${cells.join(' | ')} |`
    })
  return [
    '| Detector | Precision | Recall | Positive cases | While tuning: precision / recall | Positive cases |',
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n')
}

/** The part of the page between the marks. */
export function readFigures() {
  const text = readFileSync(page, 'utf8')
  return text.slice(text.indexOf(begin) + begin.length, text.indexOf(end))
}

function writeFigures(table) {
  const text = readFileSync(page, 'utf8')
  const before = text.slice(0, text.indexOf(begin) + begin.length)
  writeFileSync(page, before + table + text.slice(text.indexOf(end)))
}

function rate(measured) {
  return `${number(measured)} (${measured.low.toFixed(2)} to ${measured.high.toFixed(2)})`
}

function number({ value }) {
  return value === null ? 'none' : value.toFixed(2)
}

function printAll(figures) {
  for (const [split, measures] of Object.entries(figures))
    for (const { detector, kind, cases, expected, precision, recall } of measures)
      process.stdout.write(
        `${split}\t${detector}\t${kind}\tprecision ${rate(precision)}\trecall ${rate(recall)}\t${expected} of ${cases}\n`,
      )
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const figures = measureFigures()
  if (process.argv.includes('--write')) writeFigures(renderFigures(figures))
  else printAll(figures)
}
