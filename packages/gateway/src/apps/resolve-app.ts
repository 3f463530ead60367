import { AppError } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import { listModelNames } from '../calls/resolve-model.ts'
import type { Caller } from '../keys/caller.ts'
import { deploymentKey } from '../snapshot/compile-snapshot.ts'
import { chooseArm } from './choose-arm.ts'

/** `app/<name>` or `app/<name>@<release>`. */
export type AppName = { readonly app: string; readonly release: string | undefined }

/** The release that a call runs, and how it came to it. */
export type AppTarget = {
  readonly app: string
  readonly release: { readonly id: string; readonly label: string; readonly digest: string }
  /** Empty for a release that is called by name. */
  readonly deployment: string
  readonly arm: string
}

/** Reads an app's name out of `model`; undefined for models. */
export function readAppName(model: string): AppName | undefined {
  if (!model.startsWith('app/')) return undefined
  const at = model.indexOf('@')
  return at === -1
    ? { app: model.slice(4), release: undefined }
    : { app: model.slice(4, at), release: model.slice(at + 1) }
}

/**
 * Finds what an app call runs: the deployment of the caller's environment, or the release that the caller
 * names. Throws `model_not_found` with the nearest names, or `forbidden`.
 */
export function resolveApp(caller: Caller, environment: string, name: AppName, stickyKey: string): AppTarget {
  return name.release === undefined
    ? resolveDeployed(caller, environment, name.app, stickyKey)
    : resolveNamed(caller, environment, name.app, name.release)
}

function resolveDeployed(caller: Caller, environment: string, app: string, stickyKey: string): AppTarget {
  const deployment = caller.project.deployments.get(deploymentKey(environment, app))
  const arm = deployment === undefined ? undefined : chooseArm(deployment.arms, stickyKey)
  if (deployment === undefined || arm === undefined) throw notDeployed(caller, environment, app)
  return {
    app,
    release: { id: arm.releaseId, label: arm.label, digest: arm.digest },
    deployment: deployment.id,
    arm: arm.name,
  }
}

const digestShape = /^[0-9a-f]{64}$/

function resolveNamed(caller: Caller, environment: string, app: string, release: string): AppTarget {
  if (!caller.scopes.has('app:read')) {
    throw new AppError('forbidden', {
      message: `Only keys with the scope "app:read" may name a release; call "app/${app}" for what is deployed.`,
      details: { param: 'model', permission: 'app:read' },
    })
  }
  const releases = caller.project.releases.filter((known) => known.app === app)
  const found = releases.find(({ arm }) => [arm.label, arm.releaseId, arm.digest].includes(release))
  if (found !== undefined) {
    const { arm, deployment } = found
    const isHere = deployment.environment === environment
    return {
      app,
      release: { id: arm.releaseId, label: arm.label, digest: arm.digest },
      deployment: isHere ? deployment.id : '',
      arm: isHere ? arm.name : '',
    }
  }
  // Releases that nobody deployed are control's to know; it checks the digest when the runner asks for the files.
  if (digestShape.test(release)) {
    return { app, release: { id: '', label: release.slice(0, 12), digest: release }, deployment: '', arm: '' }
  }
  throw new AppError('model_not_found', {
    message: `No deployed release "${release}" of app "${app}". ${
      suggestNames(
        release,
        releases.map(({ arm }) => arm.label),
      ) || 'Name it by its full digest; ratchet push prints it.'
    }`,
    details: { param: 'model', app, release },
  })
}

function notDeployed(caller: Caller, environment: string, app: string): AppError {
  const elsewhere = [...caller.project.deployments.values()]
    .filter((deployment) => deployment.app === app)
    .map((deployment) => deployment.environment)
  const hint =
    elsewhere.length > 0
      ? `It is in: ${elsewhere.join(', ')}. Deploy it with: ratchet deploy ${app} --env ${environment}`
      : suggestNames(`app/${app}`, listModelNames(caller.project, environment)) ||
        'Push and deploy it with: ratchet push <folder>, then ratchet deploy <app>'
  return new AppError('model_not_found', {
    message: `No app "${app}" is deployed in "${environment}". ${hint}`,
    details: { param: 'model', app, environment },
  })
}
