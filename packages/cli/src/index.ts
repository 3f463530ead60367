/** The `ratchet` command as a library: run a command line in process, pack an app folder. */
export { packApp, type PackedApp } from './app-folder/pack-app.ts'
export type { Io, TextStream } from './io.ts'
export { runCli } from './run-cli.ts'
