import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { ControlAddress } from '@ratchet/spool'
import { connectControl } from '../control/control-client.ts'
import type { Log } from '../log.ts'
import { openAnswerCache, type AnswerCache } from './answer-cache.ts'
import { CacheReporter, makePostCacheReport } from './cache-reporter.ts'
import { claimFolder, claimLeft, leftIn, type ClaimedFolder } from './disk/claim-folder.ts'
import { segmentName } from './disk/disk-answers.ts'
import { ForgetList, type SaidForgets } from './forget-list.ts'
import { UntoldReports } from './untold-reports.ts'

export type RunningCache = {
  readonly cache: AnswerCache
  readonly useSnapshot: (snapshot: SaidForgets) => void
  /** Writes what waits, and tells control the last figures; takes some seconds at most. */
  readonly stop: () => Promise<void>
}

export type CacheParts = {
  readonly control: ControlAddress
  readonly internalToken: string
  readonly instance: string
  readonly dataFolder: string
  readonly log: Log
  /** How often folders of processes that are gone are looked for; default 10 s, so that others that start with us find theirs. */
  readonly adoptEveryMs?: number
}

/** Starts the answer cache of a gateway process. Without a folder that can be used it lives in memory alone. */
export async function startCache(parts: CacheParts): Promise<RunningCache> {
  const { instance, log } = parts
  const root = join(parts.dataFolder, 'cache', 'answers')
  const claimed = claim(root, parts)
  const cache = await openAnswerCache(claimed === undefined ? {} : { folder: claimed.path })
  const client = connectControl(parts.control)
  const post = makePostCacheReport(client, parts.internalToken)
  const untold = claimed === undefined ? undefined : new UntoldReports(claimed.path)
  const reporter = new CacheReporter({ cache, instance, post, untold, log })
  reporter.start()
  const forgets = new ForgetList(cache, Date.now)
  let adopting = Promise.resolve()
  const adopt = async (): Promise<void> => {
    for (const folder of claimLeft(root, instance)) {
      await cache.adopt(segmentsIn(folder.path))
      forgets.applyAgain()
      reporter.adopt(new UntoldReports(folder.path).read())
      // What could not be moved cannot be read either.
      for (const name of leftIn(folder.path))
        rmSync(join(folder.path, name), { recursive: true, force: true })
      folder.release()
    }
  }
  const timer = setInterval(() => {
    adopting = adopting
      .then(adopt)
      .catch((error: unknown) => log.warn({ error, folder: root }, 'kept answers were not taken over'))
  }, parts.adoptEveryMs ?? 10_000).unref()
  if (claimed === undefined) clearInterval(timer)
  return {
    cache,
    useSnapshot: (snapshot) => forgets.apply(snapshot),
    stop: async () => {
      clearInterval(timer)
      await adopting
      await Promise.all([reporter.stop(), cache.close()])
      claimed?.release()
      await client.destroy()
    },
  }
}

/** The oldest first. */
function segmentsIn(folder: string): string[] {
  const names = leftIn(folder).filter((name) => segmentName.test(name))
  return names.toSorted().map((name) => join(folder, name))
}

function claim(root: string, { instance, log }: CacheParts): ClaimedFolder | undefined {
  try {
    return claimFolder(root, instance)
  } catch (error) {
    log.warn({ error, folder: root }, 'answers are cached in memory only')
    return undefined
  }
}
