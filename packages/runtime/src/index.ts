/**
 * Apps as files: checking a folder, and the runner process that executes prompts, flows and tools without
 * holding credentials or data. It calls models through the gateway and retrieval through control.
 */
export { checkApp, type AppCheck } from './apps/check-app.ts'
export type { AppFile } from './apps/app-files.ts'
export { checkShape } from './apps/check-shape.ts'
export { flowGraphs, indexConfigs, modelPins, resolveModel } from './apps/describe-app.ts'
export type { IndexConfig, LoadedApp, LoadedFlow, LoadedNode, LoadedPrompt } from './apps/loaded-app.ts'
export { IssueList } from './apps/issue-list.ts'
export { parseYaml, type YamlFile } from './apps/yaml-file.ts'
export { loadRunnerConfig, type RunnerConfig } from './config.ts'
export { startRunner, type Runner } from './runner/start-runner.ts'
