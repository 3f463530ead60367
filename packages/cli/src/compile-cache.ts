import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where compiled code is kept between commands, so that one starts in less than half the time; undefined where nobody
 * can tell. A folder of the user's own, since what lies there is executed: Node's default is one that all users share.
 */
export function compileCacheFolder(
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const chosen = environment['NODE_COMPILE_CACHE']
  if (chosen) return chosen
  const cacheFolder = environment['XDG_CACHE_HOME'] || ownCacheFolder()
  return cacheFolder && join(cacheFolder, 'ratchet', 'compile')
}

function ownCacheFolder(): string | undefined {
  try {
    return join(homedir(), '.cache')
  } catch {
    // An account without a home, as containers have.
    return undefined
  }
}
