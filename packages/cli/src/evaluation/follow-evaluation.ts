import { setTimeout as pause } from 'node:timers/promises'
import { cancelEvaluation, getEvaluation, type Evaluation } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import type { Output } from '../output.ts'
import type { Io } from '../io.ts'

const pollMs = 250

/** Waits until an evaluation has ended, with a progress bar. Ctrl-C cancels it; what is done stays. */
export async function followEvaluation(
  client: Client,
  started: Evaluation,
  { io, output }: { readonly io: Io; readonly output: Output },
): Promise<Evaluation> {
  const progress = output.progress(started.name)
  let evaluation = started
  try {
    while (evaluation.state === 'queued' || evaluation.state === 'running') {
      const { done, total, failed } = evaluation.progress
      progress.report(done, total, failed > 0 ? `${failed} failed` : '')
      await pause(pollMs, undefined, { signal: io.signal })
      ;({ evaluation } = await client.call(getEvaluation, { params: { id: started.id }, signal: io.signal }))
    }
    return evaluation
  } catch (error) {
    if (io.signal.aborted) {
      output.note(`Cancelling evaluation ${started.id}; finished items stay.`)
      await client
        .call(cancelEvaluation, { params: { id: started.id }, timeoutMs: 5_000 })
        .catch(() => undefined)
    }
    throw error
  } finally {
    progress.end()
  }
}
