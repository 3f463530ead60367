import { createConsoleLink, replayTelemetry, rotateSecrets } from '@ratchet/contract'
import type { Command } from 'commander'
import { exitCodes } from '../print-failure.ts'
import { formatCount } from '../render/figures.ts'
import { act, addNoun, addVerb, type Program } from '../verb.ts'

/** Small verbs of operation: `secrets rotate`, `telemetry replay`, `open`. */
export function addUpkeep(parent: Command, program: Program): void {
  addVerb(addNoun(parent, 'secrets', 'Encrypted credentials'), 'rotate', {
    summary: 'Make a new data key and encrypt every secret of the project with it',
    examples: ['secrets rotate'],
  }).action(
    act(program, async (run) => {
      const answer = await run.withServer(({ client }) =>
        client.call(rotateSecrets, { signal: run.io.signal }),
      )
      run.output.result(
        answer,
        () => `${formatCount(answer.reencrypted)} secrets now use key ${answer.keyId}.`,
      )
    }),
  )
  addVerb(addNoun(parent, 'telemetry', 'Stored spans'), 'replay', {
    summary: 'Insert the dead-letter files again',
    description:
      'Inserts batches that could not be stored when they came. Files that succeed are deleted; no row is stored twice.',
    examples: ['telemetry replay'],
  }).action(
    act(program, async (run) => {
      const call = { signal: run.io.signal, timeoutMs: 600_000 }
      const answer = await run.withServer(({ client }) => client.call(replayTelemetry, call))
      run.output.result(answer, () =>
        [
          `Replayed ${formatCount(answer.rows)} rows from ${formatCount(answer.files)} files.`,
          ...answer.failed.map(({ file, message }) => run.output.paint.bad(`✗ ${file}: ${message}`)),
        ].join('\n'),
      )
      return answer.failed.length === 0 ? exitCodes.ok : exitCodes.failed
    }),
  )
  addVerb(parent, 'open', {
    summary: 'Print a one-time link that opens the console signed in',
    examples: ['open', 'xdg-open "$(ratchet open)"'],
  }).action(
    act(program, async (run) => {
      const link = await run.withServer(({ client }) =>
        client.call(createConsoleLink, { signal: run.io.signal }),
      )
      run.output.result(link, () => link.url)
    }),
  )
}
