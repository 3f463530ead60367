import {
  AppError,
  type App,
  type AppIssue,
  type Deployment,
  type getRelease,
  type getReleaseFile,
  type OutputOf,
  type Page,
  type PageQuery,
  type Release,
  type ReleaseBundle,
} from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import type { Retrieval } from '#features/retrieval'
import type { Blobs } from '#platform/blobs/folder-blobs.ts'
import type { Clock } from '#platform/clock.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db } from '#platform/postgres/database.ts'
import { findApp, listAppNames, listAppPage, type StoredApp } from './app-store.ts'
import type { InspectApp } from './inspected-app.ts'
import { checkFolder, indexDocuments, pushRelease, type PushRequest } from './push-release.ts'
import { parseReleaseName } from './release-name.ts'
import {
  findByDigest,
  findReleases,
  listLatestReleases,
  listReleaseFiles,
  listReleasePage,
  type StoredRelease,
} from './release-store.ts'
import { readText } from './read-text.ts'
import { pinKey, showRelease, type PinStates } from './show-release.ts'

export type AppsParts = {
  readonly db: Db
  readonly blobs: Blobs
  readonly clock: Clock
  readonly makeId: MakeId
  readonly inspect: InspectApp
  /** Builds the indexes of a pushed release, and knows how far they are. */
  readonly indexes: Pick<Retrieval, 'ensure' | 'states'>
  /** What is live now of these apps. */
  readonly deploymentsOf: (project: string, apps: readonly string[]) => Promise<readonly Deployment[]>
}

/** Apps and their immutable releases. Every call is about one project. */
export type Apps = {
  readonly push: (
    by: { readonly project: string; readonly author: string },
    request: PushRequest,
  ) => Promise<{ release: Release; created: boolean; warnings: AppIssue[] }>
  readonly check: (files: PushRequest['files']) => AppIssue[]
  readonly list: (project: string, page: PageQuery) => Promise<Page<App>>
  readonly get: (project: string, app: string) => Promise<App>
  readonly listReleases: (project: string, app: string, page: PageQuery) => Promise<Page<Release>>
  /** By id, label, digest, digest prefix or `latest`; drafts by id and digest only. Throws `not_found` or `conflict`. */
  readonly resolveRelease: (project: string, app: string, release: string) => Promise<Release>
  readonly show: (project: string, app: string, release: string) => Promise<OutputOf<typeof getRelease>>
  readonly readFile: (
    project: string,
    app: string,
    name: { release: string; path: string },
  ) => Promise<OutputOf<typeof getReleaseFile>>
  /** Everything the runner needs of a release. */
  readonly bundle: (project: string, digest: string) => Promise<ReleaseBundle>
  /** Starts building the indexes of a release again where they are missing or failed. */
  readonly ensureIndexes: (project: string, digest: string) => Promise<void>
}

/** Makes the apps feature. */
export function makeApps(parts: AppsParts): Apps {
  const { db, blobs } = parts

  const showAll = async (project: string, releases: readonly StoredRelease[]): Promise<Release[]> => {
    const pins = new Map(releases.flatMap((each) => each.indexes).map((pin) => [pinKey(pin), pin]))
    const states = await parts.indexes.states(project, [...pins.values()])
    const byPin: PinStates = new Map([...pins.keys()].map((key, index) => [key, states[index]]))
    return releases.map((release) => showRelease(release, byPin))
  }
  const showOne = async (release: StoredRelease): Promise<Release> => {
    const [shown] = await showAll(release.project, [release])
    if (!shown) throw new Error('a release was lost while it was shown')
    return shown
  }
  const findStored = async (project: string, app: string, text: string): Promise<StoredRelease> => {
    const [found, second] = await findReleases(db, project, app, parseReleaseName(text))
    if (found && second) throw ambiguous(text, [found, second])
    if (found) return found
    if (!(await findApp(db, project, app))) throw await noSuchApp(db, project, app)
    throw await noSuchRelease(db, project, { app, text })
  }
  const buildIndexes = async (release: StoredRelease): Promise<void> => {
    if (release.indexes.length === 0) return
    const files = await listReleaseFiles(db, release.id)
    await parts.indexes.ensure(
      release.project,
      release.indexes.map(({ name, settings }) => ({
        name,
        settings,
        documents: indexDocuments(name, files),
      })),
    )
  }
  const showApps = async (project: string, apps: readonly StoredApp[]): Promise<App[]> => {
    const names = apps.map((each) => each.name)
    const [latest, live] = await Promise.all([
      listLatestReleases(db, project, names).then((releases) => showAll(project, releases)),
      parts.deploymentsOf(project, names),
    ])
    return apps.map(({ name, description, owner, createdAt }) => {
      const latestRelease = latest.find((release) => release.app === name)
      return {
        name,
        description,
        owner,
        createdAt: createdAt.toISOString(),
        ...(latestRelease ? { latestRelease } : {}),
        deployments: live.filter((deployment) => deployment.app === name),
      }
    })
  }

  return {
    push: async (by, request) => {
      const { release, created, warnings } = await pushRelease(parts, by, request)
      // Also for content that was there: a process killed after storing it may never have asked for its indexes.
      await buildIndexes(release)
      return { release: await showOne(release), created, warnings }
    },
    check: (files) => checkFolder(parts.inspect, files),
    list: async (project, page) => {
      const rows = await listAppPage(db, project, page)
      return { ...rows, items: await showApps(project, rows.items) }
    },
    get: async (project, name) => {
      const stored = await findApp(db, project, name)
      const [app] = stored ? await showApps(project, [stored]) : []
      if (!app) throw await noSuchApp(db, project, name)
      return app
    },
    listReleases: async (project, app, page) => {
      if (!(await findApp(db, project, app))) throw await noSuchApp(db, project, app)
      const rows = await listReleasePage(db, project, app, page)
      return { ...rows, items: await showAll(project, rows.items) }
    },
    resolveRelease: async (project, app, text) => showOne(await findStored(project, app, text)),
    show: async (project, app, text) => {
      const release = await findStored(project, app, text)
      const files = await listReleaseFiles(db, release.id)
      return { release: await showOne(release), files, flows: [...release.flows] }
    },
    readFile: async (project, app, name) => {
      const release = await findStored(project, app, name.release)
      const files = await listReleaseFiles(db, release.id)
      const file = files.find((each) => each.path === name.path)
      if (!file) throw noSuchFile(app, name, files)
      return readText(file.path, await blobs.get(file.digest))
    },
    bundle: async (project, digest) => {
      const release = await findByDigest(db, project, digest)
      if (!release) throw noSuchDigest(digest)
      const files = await listReleaseFiles(db, release.id)
      const contents = await Promise.all(files.map((file) => blobs.get(file.digest)))
      return {
        app: release.app,
        digest,
        files: files.map(({ path }, index) => ({
          path,
          contentBase64: Buffer.from(contents[index] ?? []).toString('base64'),
        })),
        indexes: Object.fromEntries(release.indexes.map(({ name, version }) => [name, version])),
      }
    },
    ensureIndexes: async (project, digest) => {
      const release = await findByDigest(db, project, digest)
      if (!release) throw noSuchDigest(digest)
      await buildIndexes(release)
    },
  }
}

async function noSuchApp(db: Db, project: string, name: string): Promise<AppError> {
  const names = await listAppNames(db, project)
  const others =
    names.length === 0 ? 'Push one with: ratchet push <folder>' : `It has: ${names.slice(0, 5).join(', ')}.`
  const hint = suggestNames(name, names) || others
  return new AppError('not_found', {
    message: `There is no app "${name}" in this project. ${hint}`,
    details: { app: name },
  })
}

async function noSuchRelease(
  db: Db,
  project: string,
  { app, text }: { app: string; text: string },
): Promise<AppError> {
  const { items } = await listReleasePage(db, project, app, { limit: 1 })
  const newest = items[0]?.number
  return new AppError('not_found', {
    message: `The app "${app}" has no release "${text}".${newest === undefined ? '' : ` Its newest is r${newest}.`}`,
    details: { app, release: text },
  })
}

function ambiguous(text: string, found: readonly StoredRelease[]): AppError {
  const digests = found.map((release) => release.digest)
  return new AppError('conflict', {
    message: `"${text}" begins the digest of more than one release: ${digests.map((each) => each.slice(0, 16)).join(', ')}. Write more digits.`,
    details: { release: text, digests },
  })
}

function noSuchFile(
  app: string,
  name: { release: string; path: string },
  files: readonly { path: string }[],
): AppError {
  const suggestion = suggestNames(
    name.path,
    files.map((file) => file.path),
  )
  return new AppError('not_found', {
    message: `Release "${name.release}" of "${app}" has no file "${name.path}".${suggestion ? ` ${suggestion}` : ''}`,
    details: { ...name },
  })
}

function noSuchDigest(digest: string): AppError {
  return new AppError('not_found', {
    message: `There is no release with the digest "${digest}" in this project.`,
    details: { digest },
  })
}
