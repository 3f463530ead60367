import { setTimeout as pause } from 'node:timers/promises'
import { AppError, getRelease, pushRelease, type AppIssue, type Release } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import type { Io } from '../io.ts'
import type { Output } from '../output.ts'
import { packApp } from './pack-app.ts'

export type PushedApp = {
  readonly release: Release
  readonly created: boolean
  readonly warnings: readonly AppIssue[]
}

type Teller = { readonly io: Io; readonly output: Output }

/** Packs a folder, pushes it and waits until its indexes can be searched. A draft is for running and judging only. */
export async function pushApp(
  client: Client,
  folder: string,
  { io, output }: Teller,
  options: { readonly draft?: boolean; readonly description?: string } = {},
): Promise<PushedApp> {
  const packed = await packApp(folder)
  const pushed = await client.call(pushRelease, {
    body: {
      files: [...packed.files],
      draft: options.draft ?? false,
      ...(options.description === undefined ? {} : { description: options.description }),
      ...(packed.git ? { git: packed.git } : {}),
    },
    signal: io.signal,
    timeoutMs: 120_000,
  })
  return { ...pushed, release: await waitForIndexes(client, pushed.release, { io, output }) }
}

/** Follows a release until every index is ready; a failed one throws with what to do. */
export async function waitForIndexes(
  client: Client,
  pushed: Release,
  { io, output }: Teller,
): Promise<Release> {
  let release = pushed
  let hasSaid = false
  for (;;) {
    const failed = release.indexes.find(({ state }) => state === 'failed')
    if (failed) {
      throw new AppError('unavailable', {
        message: `The index "${failed.name}" of ${release.app} could not be built. See why with: ratchet jobs list`,
        details: { index: failed.name, version: failed.version },
      })
    }
    const open = release.indexes.filter(({ state }) => state !== 'ready')
    if (open.length === 0) return release
    if (!hasSaid) output.note(`Building ${open.map(({ name }) => `index "${name}"`).join(', ')} …`)
    hasSaid = true
    await pause(200, undefined, { signal: io.signal })
    const params = { app: release.app, release: release.digest }
    ;({ release } = await client.call(getRelease, { params, signal: io.signal }))
  }
}
