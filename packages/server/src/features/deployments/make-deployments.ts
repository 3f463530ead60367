import {
  AppError,
  type deployRelease,
  type Deployment,
  type listDeployments,
  type Page,
  type Release,
  type SnapshotDeployment,
} from '@ratchet/contract'
import type { z } from 'zod'
import { requireEnvironment } from '#features/access'
import type { Apps } from '#features/apps'
import type { Clock } from '#platform/clock.ts'
import type { Actor } from '#platform/http/actor.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db } from '#platform/postgres/database.ts'
import { transaction } from '#platform/postgres/transaction.ts'
import {
  appendDeployment,
  findLive,
  listDeploymentPage,
  listLive,
  lockTarget,
  type StoredDeployment,
} from './deployment-store.ts'
import { indexWaitMs, waitForIndexes } from './ready-release.ts'

type DeploymentsParts = {
  readonly db: Db
  readonly clock: Clock
  readonly makeId: MakeId
  readonly apps: Pick<Apps, 'resolveRelease' | 'ensureIndexes' | 'get'>
  /** Throws `not_found` unless the project has this environment. */
  readonly requireEnvironment: (project: string, environment: string) => Promise<void>
  /** How long a deploy waits for indexes that are being built. */
  readonly indexWaitMs?: number
}

/** What environments serve, now and at any time before. */
export type Deployments = {
  /** Serves a release at once; `changed` is false when it is live already. Refuses drafts and unready indexes. */
  readonly deploy: (
    actor: Actor,
    app: string,
    request: z.output<(typeof deployRelease)['body']>,
    signal?: AbortSignal,
  ) => Promise<{ deployment: Deployment; changed: boolean }>
  readonly list: (
    project: string,
    app: string,
    query: z.output<(typeof listDeployments)['query']>,
  ) => Promise<Page<Deployment>>
  /** Names of apps live in an environment, or in any. */
  readonly liveApps: (project: string, environment: string | undefined) => Promise<string[]>
  readonly liveOf: (project: string, apps: readonly string[]) => Promise<Deployment[]>
  /** What is live in every project: for the gateway. */
  readonly deploymentsForSnapshot: () => Promise<SnapshotDeployment[]>
  /** Calls the listener after an environment serves something else. */
  readonly onChange: (listener: () => void) => void
}

/** Makes the deployments feature. */
export function makeDeployments(parts: DeploymentsParts): Deployments {
  const { db, clock, makeId, apps } = parts
  const listeners: (() => void)[] = []
  return {
    deploy: async (actor, app, request, signal) => {
      const { project } = actor
      await parts.requireEnvironment(project, request.environment)
      requireEnvironment(actor, request.environment)
      const release = await apps.resolveRelease(project, app, request.release)
      refuseDraft(release)
      // Before the transaction: nothing may wait inside one.
      await waitForIndexes(
        { apps, clock, waitMs: parts.indexWaitMs ?? indexWaitMs },
        project,
        release,
        signal,
      )
      const target = { project, app, environment: request.environment }
      const result = await transaction(db, async (trx) => {
        await lockTarget(trx, target)
        const live = await findLive(trx, target)
        if (live && servesOnly(live, release)) return { deployment: live, changed: false }
        const deployment: StoredDeployment = {
          ...target,
          id: makeId(),
          arms: [
            { name: 'all', release: release.id, label: release.label, digest: release.digest, weight: 100 },
          ],
          deployedBy: actor.name,
          // History is ordered by time also when the clock stepped back.
          deployedAt: new Date(Math.max(clock.now(), (live?.deployedAt.getTime() ?? 0) + 1)),
          replacedAt: undefined,
        }
        await appendDeployment(trx, deployment, [])
        return { deployment, changed: true }
      })
      if (result.changed) listeners.forEach((listener) => listener())
      return { deployment: showDeployment(result.deployment), changed: result.changed }
    },
    list: async (project, app, { environment, at, ...page }) => {
      await apps.get(project, app)
      const filter = { app, environment, at: at === undefined ? undefined : new Date(at) }
      const rows = await listDeploymentPage(db, project, filter, page)
      return { ...rows, items: rows.items.map(showDeployment) }
    },
    liveApps: async (project, environment) => {
      const live = await listLive(db, { project, environment })
      return [...new Set(live.map((deployment) => deployment.app))]
    },
    liveOf: async (project, names) => (await listLive(db, { project, apps: names })).map(showDeployment),
    deploymentsForSnapshot: async () => (await listLive(db, {})).map(snapshotDeploymentOf),
    onChange: (listener) => void listeners.push(listener),
  }
}

function refuseDraft(release: Release): void {
  if (!release.draft) return
  throw new AppError('conflict', {
    message: `${release.digest.slice(0, 12)} is a draft of "${release.app}" and cannot be deployed. Push the folder first: ratchet push <folder>`,
    details: { app: release.app, digest: release.digest },
  })
}

function servesOnly(deployment: StoredDeployment, release: Release): boolean {
  const [arm, ...others] = deployment.arms
  return others.length === 0 && arm?.release === release.id
}

function showDeployment(deployment: StoredDeployment): Deployment {
  return {
    id: deployment.id,
    app: deployment.app,
    environment: deployment.environment,
    state: deployment.replacedAt ? 'replaced' : 'live',
    arms: deployment.arms,
    deployedBy: deployment.deployedBy,
    deployedAt: deployment.deployedAt.toISOString(),
    ...(deployment.replacedAt ? { replacedAt: deployment.replacedAt.toISOString() } : {}),
  }
}

function snapshotDeploymentOf(deployment: StoredDeployment): SnapshotDeployment {
  const { id, project, environment, app, arms } = deployment
  return {
    id,
    project,
    environment,
    app,
    arms: arms.map(({ release, ...arm }) => ({ ...arm, releaseId: release })),
  }
}
