import { AppError, type Release } from '@ratchet/contract'
import type { Apps } from '#features/apps'
import type { Clock } from '#platform/clock.ts'

const pollMs = 200
/** A push is often followed at once by a deploy: long enough for the indexes of a usual documentation. */
export const indexWaitMs = 20_000

/**
 * Waits until every index of the release is ready. A missing or failed one is started again first; throws `conflict`
 * when one fails, or is still being built when the time is over.
 */
export async function waitForIndexes(
  parts: {
    readonly apps: Pick<Apps, 'resolveRelease' | 'ensureIndexes'>
    readonly clock: Clock
    readonly waitMs: number
  },
  project: string,
  release: Release,
  signal: AbortSignal | undefined,
): Promise<void> {
  const endMs = parts.clock.now() + parts.waitMs
  let current = release
  if (current.indexes.some(({ state }) => state === 'missing' || state === 'failed')) {
    await parts.apps.ensureIndexes(project, release.digest)
    current = await parts.apps.resolveRelease(project, release.app, release.id)
  }
  while (current.indexes.some((index) => index.state !== 'ready')) {
    const failed = current.indexes.find((index) => index.state === 'failed' || index.state === 'missing')
    if (failed) throw notReady(release, failed, 'could not be built. Look at its job with: ratchet jobs list')
    const waiting = current.indexes.find((index) => index.state === 'building')
    if (waiting && parts.clock.now() >= endMs) {
      throw notReady(
        release,
        waiting,
        'is still being built. Follow its job with "ratchet jobs list", then deploy again',
      )
    }
    await parts.clock.sleep(pollMs, signal)
    current = await parts.apps.resolveRelease(project, release.app, release.id)
  }
}

function notReady(release: Release, index: Release['indexes'][number], what: string): AppError {
  return new AppError('conflict', {
    message: `Release ${release.label} of "${release.app}" cannot be deployed yet: its index "${index.name}" ${what}.`,
    details: { release: release.label, index: index.name, version: index.version, state: index.state },
  })
}
