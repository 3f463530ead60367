import { deployRelease, getRelease } from '@ratchet/contract'
import { Option, type Command } from 'commander'
import { waitForIndexes } from '../app-folder/push-app.ts'
import { act, addVerb, type Program, type Run } from '../verb.ts'

type Options = { environment?: string; env?: string; release: string }

export function addDeploy(parent: Command, program: Program): void {
  addVerb(parent, 'deploy <app>', {
    summary: 'Serve a release of an app in an environment',
    description:
      'Serves a release, all at once, as model "app/<name>" to keys of the environment. Clients change nothing.',
    examples: ['deploy docs-assistant', 'deploy docs-assistant --environment production --release r3'],
  })
    .option('-e, --environment <name>', 'where to serve it (default: development)')
    .addOption(new Option('--env <name>', 'same as --environment').hideHelp())
    .option('-r, --release <release>', 'label, id or digest', 'latest')
    .action(act(program, deploy))
}

async function deploy(run: Run, app: string, options: Options): Promise<void> {
  const { io, output } = run
  const environment = options.environment ?? options.env ?? 'development'
  const { deployment, changed } = await run.withServer(
    async ({ client }) => {
      const params = { app, release: options.release }
      const { release } = await client.call(getRelease, { params, signal: io.signal })
      await waitForIndexes(client, release, run)
      const body = { environment, release: release.id }
      return client.call(deployRelease, { params: { app }, body, signal: io.signal })
    },
    { startsOne: true },
  )
  const arm = deployment.arms[0]
  const document = {
    app,
    environment,
    release: arm?.label ?? '',
    digest: arm?.digest ?? '',
    deployment: deployment.id,
    changed,
    arms: deployment.arms,
  }
  output.result(
    document,
    () =>
      `${output.paint.bold(`${app} ${document.release}`)} ${changed ? 'now serves' : 'already served'} ${environment} as model "app/${app}"`,
  )
}
