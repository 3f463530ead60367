import { isAppError, type AppIssue, type pushRelease as pushRoute, type ReleaseFile } from '@ratchet/contract'
import type { z } from 'zod'
import { indexVersionOf, type IndexDocument } from '#features/retrieval'
import type { Blobs } from '#platform/blobs/folder-blobs.ts'
import type { Clock } from '#platform/clock.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db, Trx } from '#platform/postgres/database.ts'
import { isUniqueViolation, transaction } from '#platform/postgres/transaction.ts'
import { lockApp, takeReleaseNumber, type StoredApp } from './app-store.ts'
import { fileKindOf } from './file-kind.ts'
import type { InspectApp, InspectedApp } from './inspected-app.ts'
import { releaseDigestOf } from './release-digest.ts'
import { findReleases, insertRelease, promoteDraft, type StoredRelease } from './release-store.ts'
import { appInvalid, unpackFiles, type UnpackedFile } from './unpack-files.ts'

/** Flushing a file waits for the disk, not for the processor. */
const writersAtOnce = 8

export type PushRequest = z.output<(typeof pushRoute)['body']>
export type Pushed = {
  readonly release: StoredRelease
  readonly created: boolean
  readonly warnings: AppIssue[]
}

type PushParts = {
  readonly db: Db
  readonly blobs: Blobs
  readonly clock: Clock
  readonly makeId: MakeId
  readonly inspect: InspectApp
}

/**
 * Stores a checked app folder as an immutable release. The same content gives the same release; a draft of it that
 * exists is made a release by the first push that is none.
 */
export async function pushRelease(
  parts: PushParts,
  by: { readonly project: string; readonly author: string },
  request: PushRequest,
): Promise<Pushed> {
  const files = unpackFiles(request.files)
  const { app, warnings } = inspectFolder(parts.inspect, files)
  await storeBlobs(parts.blobs, files)
  const release = makeRelease(parts, by, { request, app, files })
  const stored = await storeOnce(parts, { release, app, files, isDraft: request.draft })
  return { ...stored, warnings }
}

/** Every problem of a folder, without storing anything. */
export function checkFolder(inspect: InspectApp, files: PushRequest['files']): AppIssue[] {
  try {
    return [...inspect(unpackFiles(files)).issues]
  } catch (error) {
    // Paths that cannot be stored are findings here, like the checker's own.
    const issues = isAppError(error) && error.code === 'app_invalid' ? error.details['issues'] : undefined
    if (Array.isArray(issues)) return issues
    throw error
  }
}

function inspectFolder(
  inspect: InspectApp,
  files: readonly UnpackedFile[],
): { app: InspectedApp; warnings: AppIssue[] } {
  const { app, issues } = inspect(files)
  const errors = issues.filter((issue) => issue.severity === 'error')
  if (!app || errors.length > 0) throw appInvalid(errors)
  return { app, warnings: issues.filter((issue) => issue.severity === 'warning') }
}

async function storeBlobs(blobs: Blobs, files: readonly UnpackedFile[]): Promise<void> {
  const waiting = [...files]
  const write = async (): Promise<void> => {
    for (let file = waiting.pop(); file; file = waiting.pop()) await blobs.put(file.content)
  }
  await Promise.all(Array.from({ length: writersAtOnce }, write))
}

function makeRelease(
  parts: PushParts,
  by: { project: string; author: string },
  { request, app, files }: { request: PushRequest; app: InspectedApp; files: readonly UnpackedFile[] },
): StoredRelease {
  return {
    id: parts.makeId(),
    project: by.project,
    app: app.name,
    number: undefined,
    digest: releaseDigestOf(files),
    description: request.description,
    git: request.git,
    author: by.author,
    createdAt: new Date(parts.clock.now()),
    entry: app.entry,
    models: app.models,
    flows: app.flows,
    indexes: app.indexes.map(({ name, settings }) => ({
      name,
      settings,
      version: indexVersionOf(name, settings, indexDocuments(name, files)),
    })),
    fileCount: files.length,
  }
}

/** Documents of an index lie under `documents/<index>/`; their paths inside the index leave that out. */
export function indexDocuments(
  index: string,
  files: readonly { path: string; digest: string }[],
): IndexDocument[] {
  const prefix = `documents/${index}/`
  return files
    .filter((file) => file.path.startsWith(prefix))
    .map(({ path, digest }) => ({ path: path.slice(prefix.length), digest }))
}

type Storing = { release: StoredRelease; app: InspectedApp; files: readonly UnpackedFile[]; isDraft: boolean }

async function storeOnce(
  parts: PushParts,
  storing: Storing,
): Promise<{ release: StoredRelease; created: boolean }> {
  const attempt = () => transaction(parts.db, (trx) => store(trx, storing))
  try {
    return await attempt()
  } catch (error) {
    // A draft of the same content was stored at the same moment: now it is found.
    if (isUniqueViolation(error, 'releases_digest_key')) return attempt()
    throw error
  }
}

async function store(trx: Trx, { release, app, files, isDraft }: Storing) {
  const { project } = release
  const stored: StoredApp = { ...app, createdAt: release.createdAt }
  if (!isDraft) await lockApp(trx, project, stored)
  const [existing] = await findReleases(trx, project, app.name, { by: 'digest', prefix: release.digest })
  if (existing && (isDraft || existing.number !== undefined)) return { release: existing, created: false }
  if (isDraft) {
    await insertRelease(trx, release, files.map(fileRowOf))
    return { release, created: true }
  }
  const number = await takeReleaseNumber(trx, project, stored)
  const numbered = { ...release, id: existing?.id ?? release.id, number }
  if (existing) await promoteDraft(trx, numbered)
  else await insertRelease(trx, numbered, files.map(fileRowOf))
  return { release: numbered, created: true }
}

function fileRowOf(file: UnpackedFile): ReleaseFile {
  return {
    path: file.path,
    kind: fileKindOf(file.path),
    digest: file.digest,
    sizeBytes: file.content.byteLength,
  }
}
