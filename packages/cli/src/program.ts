import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { addConnections } from './commands/connections/connections.ts'
import { addDemo } from './commands/demo.ts'
import { addDeploy } from './commands/deploy.ts'
import { addDeployments } from './commands/deployments.ts'
import { addDoctor } from './commands/doctor.ts'
import { addEval } from './commands/eval.ts'
import { addImport } from './commands/import/import-litellm.ts'
import { addInit } from './commands/init.ts'
import { addJobs } from './commands/jobs.ts'
import { addApply } from './commands/gateway/apply.ts'
import { addBudgets } from './commands/gateway/budgets.ts'
import { addCache } from './commands/gateway/cache.ts'
import { addGateway } from './commands/gateway/gateway.ts'
import { addLimits } from './commands/gateway/limits.ts'
import { addModels } from './commands/gateway/models.ts'
import { addPrices } from './commands/gateway/prices.ts'
import { addKeys } from './commands/keys/keys.ts'
import { addPush } from './commands/push.ts'
import { addRun } from './commands/run.ts'
import { addStatus } from './commands/status.ts'
import { addTraces } from './commands/traces.ts'
import { addUp } from './commands/up.ts'
import { addUpkeep } from './commands/upkeep.ts'
import { addPlan } from './commands/usage/plan-cost.ts'
import { addUsage } from './commands/usage/usage.ts'
import type { Program } from './verb.ts'

const groups = [
  ['Start', addUp, addDemo, addInit, addImport],
  ['The loop', addRun, addTraces, addEval, addPush, addDeploy, addDeployments],
  [
    'The gateway',
    addApply,
    addGateway,
    addModels,
    addPrices,
    addCache,
    addLimits,
    addBudgets,
    addUsage,
    addPlan,
  ],
  ['The project', addKeys, addConnections, addJobs, addStatus, addDoctor, addUpkeep],
] as const

/** The whole `ratchet` command: every verb, its help, and errors that are thrown instead of ending the process. */
export function makeProgram(program: Program): Command {
  const { io } = program
  const root = new Command('ratchet')
    .description(
      'Ratchet takes an LLM app from its first prompt to governed production: run, see, judge, release.',
    )
    .version(readVersion(), '-v, --version')
    .exitOverride()
    .showHelpAfterError('(add --help to see what it takes)')
    .showSuggestionAfterError()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns,
      getErrHelpWidth: () => io.stderr.columns,
    })
    .addHelpText(
      'after',
      '\nCommands find the server by RATCHET_URL and RATCHET_KEY, else by the data folder; run, eval and push start one for\n' +
        'themselves when none runs. Exit codes: 0 fine, 1 failed, 2 bad input.\n\nExamples:\n' +
        '  $ ratchet up --sample\n  $ ratchet run docs-assistant --message "Which port does the gateway use?"',
    )
  for (const [title, ...adders] of groups) {
    root.commandsGroup(`${title}:`)
    for (const add of adders) add(root, program)
  }
  return root
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(text) as { version: unknown }).version)
}
