import { join } from 'node:path'
import type { ControlAddress } from '@ratchet/spool'
import { connectControl } from '../control/control-client.ts'
import type { Log } from '../log.ts'
import { LimitEngine } from './limit-engine.ts'
import { ControlLink } from './sharing/control-link.ts'
import { KnownSpend } from './sharing/known-spend.ts'
import { makePostReport } from './sharing/post-report.ts'
import { UseJournal } from './sharing/use-journal.ts'

export type RunningLimits = {
  readonly engine: LimitEngine
  /** Tells control the last use and gives back what is held; takes a second at most. */
  readonly stop: () => Promise<void>
}

/** Starts the limits of a gateway process, shared with others through control. */
export function startLimits(parts: {
  readonly control: ControlAddress
  readonly internalToken: string
  readonly instance: string
  /** Of the gateway, among those on one folder. */
  readonly name: string
  readonly dataFolder: string
  readonly log: Log
}): RunningLimits {
  const client = connectControl(parts.control)
  const folder = join(parts.dataFolder, 'limits')
  const link = new ControlLink({
    instance: parts.instance,
    post: makePostReport(client, parts.internalToken),
    journal: new UseJournal(folder, parts.instance),
    // Each writes its own: two that replace one file could lose it.
    known: new KnownSpend(join(folder, parts.name === 'gateway' ? 'known.json' : `known-${parts.name}.json`)),
    log: parts.log,
  })
  const engine = new LimitEngine({ peers: link })
  link.start({ onAnswered: (account) => engine.onFreed(account), isUsed: () => engine.isUsed })
  return {
    engine,
    stop: async () => {
      engine.stop()
      await link.stop()
      await client.destroy()
    },
  }
}
