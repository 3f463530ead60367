import type { AppIssue, Release } from '@ratchet/contract'
import type { Command } from 'commander'
import { resolve } from 'node:path'
import { pushApp } from '../app-folder/push-app.ts'
import { formatCount } from '../render/figures.ts'
import { act, addVerb, type Program, type Run } from '../verb.ts'

type Options = { description?: string; draft?: boolean }

export function addPush(parent: Command, program: Program): void {
  addVerb(parent, 'push [folder]', {
    summary: 'Push an app folder as an immutable release',
    description:
      'Packs the folder with the sources of its indexes, checks it, and stores it as a release. ' +
      'The same content gives the same release. Waits until its indexes can be searched.',
    examples: ['push', 'push examples/docs-assistant --description "shorter answers"', 'push my-app --json'],
  })
    .option('-d, --description <text>', 'what changed')
    .option('--draft', 'a release that can be run and judged but not deployed')
    .action(act(program, push))
}

async function push(run: Run, folder: string | undefined, options: Options): Promise<void> {
  const { io, output } = run
  const path = resolve(io.folder, folder ?? '.')
  const { release, created, warnings } = await run.withServer(
    ({ client }) =>
      pushApp(client, path, run, {
        draft: options.draft === true,
        ...(options.description === undefined ? {} : { description: options.description }),
      }),
    { startsOne: true },
  )
  for (const warning of warnings) output.note(warningLine(warning))
  const document = {
    app: release.app,
    release: release.label,
    digest: release.digest,
    id: release.id,
    created,
    draft: release.draft,
    git: release.git,
    indexes: release.indexes,
    models: release.models,
    warnings,
  }
  output.result(document, () => releaseLines(run, release, created))
}

function releaseLines({ output: { paint } }: Run, release: Release, created: boolean): string {
  const name = `${release.app} ${release.label || '(draft)'}`
  const git = release.git
    ? `, commit ${release.git.commit.slice(0, 8)}${release.git.dirty ? ' with local changes' : ''}`
    : ''
  const lines = [
    `${paint.bold(name)} ${created ? 'pushed' : 'is unchanged'}: ${formatCount(release.fileCount)} files${git}`,
    `digest ${release.digest}`,
    ...release.indexes.map(
      ({ name: index, chunks }) =>
        `index ${index}: ${chunks === undefined ? 'ready' : `${formatCount(chunks)} chunks`}`,
    ),
  ]
  if (!release.draft) lines.push(paint.dim(`next: ratchet deploy ${release.app} --environment development`))
  return lines.join('\n')
}

function warningLine({ file, line, message }: AppIssue): string {
  return `warning: ${line === undefined ? file : `${file}:${line}`}: ${message}`
}
