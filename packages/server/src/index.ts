/** The control plane as a library: configuration and start. The CLI starts it; nothing else is public. */
export { loadConfig, type Config, type ConfigOverrides } from './config.ts'
export { startControl, type RunningControl } from './main.ts'
export type { ControlRecord } from './control/local-files.ts'
