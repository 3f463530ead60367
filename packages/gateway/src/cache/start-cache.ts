import { join } from 'node:path'
import type { ControlAddress } from '@ratchet/spool'
import { connectControl } from '../control/control-client.ts'
import type { Log } from '../log.ts'
import { openAnswerCache, type AnswerCache } from './answer-cache.ts'
import { CacheReporter, makePostCacheReport } from './cache-reporter.ts'
import { claimFolder, type ClaimedFolder } from './disk/claim-folder.ts'
import { ForgetList, type SaidForgets } from './forget-list.ts'

export type RunningCache = {
  readonly cache: AnswerCache
  readonly useSnapshot: (snapshot: SaidForgets) => void
  /** Writes what waits, and tells control the last figures; takes two seconds at most. */
  readonly stop: () => Promise<void>
}

export type CacheParts = {
  readonly control: ControlAddress
  readonly internalToken: string
  readonly instance: string
  readonly dataFolder: string
  readonly log: Log
}

/** Starts the answer cache of a gateway process. Without a folder that can be used it lives in memory alone. */
export async function startCache(parts: CacheParts): Promise<RunningCache> {
  const claimed = claim(parts)
  const cache = await openAnswerCache(claimed === undefined ? {} : { folder: claimed.path })
  const client = connectControl(parts.control)
  const post = makePostCacheReport(client, parts.internalToken)
  const reporter = new CacheReporter({ cache, instance: parts.instance, post, log: parts.log })
  reporter.start()
  const forgets = new ForgetList(cache, Date.now)
  return {
    cache,
    useSnapshot: (snapshot) => forgets.apply(snapshot),
    stop: async () => {
      await Promise.all([reporter.stop(), cache.close()])
      claimed?.release()
      await client.destroy()
    },
  }
}

function claim({ dataFolder, instance, log }: CacheParts): ClaimedFolder | undefined {
  const root = join(dataFolder, 'cache', 'answers')
  try {
    return claimFolder(root, instance)
  } catch (error) {
    log.warn({ error, folder: root }, 'answers are cached in memory only')
    return undefined
  }
}
