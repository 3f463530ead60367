import { Command } from 'commander'
import type { Io } from './io.ts'
import { makeOutput, type Output } from './output.ts'
import { useServer, type Server, type ServerChoice } from './server/use-server.ts'

/** What a verb works with while it runs. */
export type Run = {
  readonly io: Io
  readonly output: Output
  /** --data, or undefined when not given. */
  readonly dataFolder: string | undefined
  readonly project: string | undefined
  /** Works with the server that runs, or starts one for the length of the work. */
  withServer<Result>(work: (server: Server) => Promise<Result>, choice?: ServerChoice): Promise<Result>
}

/** Where the verbs are collected: the outside world and the exit code that the last one gave. */
export type Program = { readonly io: Io; exitCode: number }

type VerbText = {
  readonly summary: string
  readonly description?: string
  /** Command lines without the leading `ratchet`; one that names it somewhere is shown as it is. */
  readonly examples: readonly string[]
}

/** Adds a verb with the options that every verb takes and its examples in the help. */
export function addVerb(parent: Command, usage: string, text: VerbText): Command {
  return parent
    .command(usage)
    .summary(text.summary)
    .description(text.description ?? `${text.summary}.`)
    .option('--json', 'print one JSON document on stdout')
    .option('--data <folder>', 'data folder of the local server (RATCHET_DATA, else .ratchet)')
    .option('--project <name>', 'project to work in')
    .addHelpText(
      'after',
      `\nExamples:\n${text.examples.map((line) => `  $ ${exampleLine(line)}`).join('\n')}`,
    )
}

function exampleLine(line: string): string {
  return /\bratchet /u.test(line) ? line : `ratchet ${line}`
}

/** Adds a noun that only groups verbs. */
export function addNoun(parent: Command, name: string, summary: string): Command {
  return parent.command(name).summary(summary).description(`${summary}.`)
}

/** Turns a verb's work into a commander action; a number it gives becomes the exit code. */
export function act<Args extends unknown[]>(
  program: Program,
  work: (run: Run, ...args: Args) => Promise<number | void>,
): (...args: [...Args, unknown]) => Promise<void> {
  return async (...all) => {
    const command = all.at(-1)
    const options = command instanceof Command ? command.opts<SharedOptions>() : {}
    const { io } = program
    const run: Run = {
      io,
      output: makeOutput(io, options.json === true),
      dataFolder: options.data,
      project: options.project,
      withServer: (serverWork, choice) =>
        useServer({ io, dataFolder: options.data, project: options.project }, serverWork, choice),
    }
    // Commander passes the arguments, then the options, then the command itself.
    const code = await work(run, ...(all.slice(0, -1) as Args))
    if (typeof code === 'number') program.exitCode = code
  }
}

type SharedOptions = { json?: boolean; data?: string; project?: string }
