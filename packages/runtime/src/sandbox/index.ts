/**
 * Where the code of tools runs: worker processes under Node's permission model, without files but their own
 * folder, network, processes, threads, add-ons or environment, bounded in memory, time and output.
 */
export { endOrphans } from './end-orphans.ts'
export { makeSandbox, type Sandbox } from './make-sandbox.ts'
