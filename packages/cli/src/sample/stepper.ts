import { isAppError } from '@ratchet/contract'
import type { Output } from '../output.ts'
import { formatDuration } from '../render/figures.ts'

/** One step as it ended, for --json. */
export type StepRecord = {
  readonly name: string
  readonly status: 'done' | 'failed'
  readonly durationMs: number
  readonly error?: string
  readonly [figure: string]: unknown
}

type StepResult<Value> = {
  readonly value: Value
  readonly figures: Readonly<Record<string, unknown>>
  readonly lines: readonly string[]
}

export type Stepper = {
  /** Runs a step, prints what it came to, and keeps its figures; a failure is told and thrown on. */
  step<Value>(name: string, detail: string, work: () => Promise<StepResult<Value>>): Promise<Value>
  show(lines: readonly string[]): void
  steps(): readonly StepRecord[]
  hasFailed(): boolean
}

/** Tells a sequence of steps on stdout while it happens. */
export function makeStepper(output: Output): Stepper {
  const records: StepRecord[] = []
  const { paint } = output
  const show = (lines: readonly string[]) => output.stream(lines.map((line) => `  ${line}\n`).join(''))
  return {
    show,
    steps: () => records,
    hasFailed: () => records.some(({ status }) => status === 'failed'),
    async step(name, detail, work) {
      output.stream(`${paint.bold(`${records.length + 1} ${name}`)} ${paint.dim(detail)}\n`)
      const startedMs = performance.now()
      try {
        const { value, figures, lines } = await work()
        const durationMs = performance.now() - startedMs
        records.push({ ...figures, name, status: 'done', durationMs: Math.round(durationMs) })
        show([...lines, paint.good(`✓ ${formatDuration(durationMs)}`)])
        output.stream('\n')
        return value
      } catch (error) {
        const message = isAppError(error) || error instanceof Error ? error.message : String(error)
        records.push({
          name,
          status: 'failed',
          durationMs: Math.round(performance.now() - startedMs),
          error: message,
        })
        show([paint.bad(`✗ ${message}`)])
        throw error
      }
    },
  }
}
