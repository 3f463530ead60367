import { suggestNames } from '@ratchet/core/graph'
import type { AppIssue } from '@ratchet/contract'
import { checkModel, findFile, type AppContext } from './app-context.ts'
import { AppFiles, type AppFile } from './app-files.ts'
import { checkFlow } from './check-flow.ts'
import { checkPrompt } from './check-prompt.ts'
import { checkShape } from './check-shape.ts'
import { checkTool } from './check-tool.ts'
import { indexSchema, manifestSchema, type Manifest } from './file-schemas.ts'
import { IssueList } from './issue-list.ts'
import type { IndexConfig, LoadedApp, LoadedFlow, LoadedPrompt } from './loaded-app.ts'
import { parseYaml, type YamlFile } from './yaml-file.ts'

const manifestPath = 'ratchet.yaml'
const maxAssetBytes = 1024 * 1024

/** What is wrong with an app folder, and the loaded app when nothing is an error. */
export type AppCheck = { readonly app?: LoadedApp; readonly issues: AppIssue[] }

/**
 * Checks every file of an app folder and loads it. Works on the given files alone, touches no disk, and never
 * throws for what is in them: each problem is an issue with file, line, column and a suggestion.
 */
export function checkApp(files: readonly AppFile[]): AppCheck {
  return readApp(files, { checkTools: true })
}

/** As {@link checkApp}; a runner skips the code of tools, which was checked at push. */
export function readApp(given: readonly AppFile[], options: { readonly checkTools: boolean }): AppCheck {
  const files = new AppFiles(given)
  const issues = new IssueList()
  const manifestFile = readYaml(files, manifestPath, issues)
  const manifest =
    manifestFile && checkShape(manifestSchema, { file: manifestFile, what: 'ratchet.yaml' }, issues)
  const { indexes, indexNames } = readIndexes(files, issues)
  const prompts = new Map<string, LoadedPrompt>()
  for (const path of assetsOf(files, /\.prompty$/, issues)) {
    const prompt = checkPrompt(path, files.text(path) ?? '', issues)
    if (prompt) prompts.set(path, prompt)
  }
  const context: AppContext = { files, issues, manifest, prompts, indexNames }
  for (const prompt of prompts.values()) {
    if (prompt.model !== '')
      checkModel(context, { path: prompt.path, at: placeOfModel(files, prompt), model: prompt.model })
  }
  const flows = new Map<string, LoadedFlow>()
  for (const path of assetsOf(files, /\.flow\.ya?ml$/, issues)) {
    const flow = checkFlow(path, files.text(path) ?? '', context)
    if (flow) flows.set(path, flow)
  }
  const entry = manifestFile && manifest && checkManifest(manifestFile, manifest, context)
  if (options.checkTools) checkTools(files, flows, issues)
  const app =
    manifest && entry !== undefined && !issues.hasErrors
      ? { manifest, entry, flows, prompts, indexes }
      : undefined
  return { ...(app && { app }), issues: issues.sorted() }
}

/** Files of the folder itself; source documents of indexes are text and never read as assets. */
function assetsOf(files: AppFiles, ending: RegExp, issues: IssueList): string[] {
  return files
    .paths()
    .filter((path) => ending.test(path) && !path.startsWith('documents/') && fitsLimit(files, path, issues))
}

function fitsLimit(files: AppFiles, path: string, issues: IssueList): boolean {
  const sizeBytes = files.sizeBytes(path)
  if (sizeBytes <= maxAssetBytes) return true
  issues.addError({
    file: path,
    message: `The file has ${sizeBytes} bytes; prompts, flows and settings may have ${maxAssetBytes}.`,
    suggestion: 'Move long texts into documents of an index.',
  })
  return false
}

function readYaml(files: AppFiles, path: string, issues: IssueList): YamlFile | undefined {
  const text = files.text(path)
  if (text === undefined) {
    const near = suggestNames(path, files.paths())
    issues.addError({
      file: path,
      message: `The app folder has no ${path}.`,
      suggestion: near || 'Create one with: npx ratchet init',
    })
    return undefined
  }
  if (!fitsLimit(files, path, issues)) return undefined
  const { file, problems } = parseYaml(path, text)
  for (const problem of problems) issues.addError({ file: path, at: problem, message: problem.message })
  return file
}

function readIndexes(
  files: AppFiles,
  issues: IssueList,
): { indexes: Map<string, IndexConfig>; indexNames: Set<string> } {
  const indexes = new Map<string, IndexConfig>()
  const indexNames = new Set<string>()
  for (const path of assetsOf(files, /\.index\.ya?ml$/, issues)) {
    const file = readYaml(files, path, issues)
    const config = file && checkShape(indexSchema, { file, what: 'the index' }, issues)
    if (!file || !config) {
      // Probably its name: a broken index must not make every node that names it an error as well.
      indexNames.add((path.split('/').at(-1) ?? path).replace(/\.index\.ya?ml$/, ''))
      continue
    }
    const twin = indexes.get(config.name)
    if (twin)
      issues.addError({
        file: path,
        at: file.positionOf(['name']),
        message: `Index "${config.name}" is also defined in ${twin.path}.`,
      })
    if (config.chunk.overlapChars >= config.chunk.maxChars) {
      issues.addError({
        file: path,
        at: file.positionOf(['chunk', 'overlapChars']),
        message: `"overlapChars" (${config.chunk.overlapChars}) must be smaller than "maxChars" (${config.chunk.maxChars}).`,
      })
    }
    indexNames.add(config.name)
    const { name, source, chunk, embedding } = config
    indexes.set(name, { path, name, source, chunk, embedding })
  }
  return { indexes, indexNames }
}

/** What the manifest names: the entry, models, evaluations. Gives the entry's path. */
function checkManifest(file: YamlFile, manifest: Manifest, context: AppContext): string | undefined {
  const at = file.positionOf(['entry'])
  const entry = findFile(context, {
    file,
    at,
    value: manifest.entry,
    endings: ['.flow.yaml', '.flow.yml', '.prompty'],
  })
  if (entry !== undefined && !/\.(?:prompty|flow\.ya?ml)$/.test(entry)) {
    context.issues.addError({
      file: file.path,
      at,
      message: `The entry "${entry}" is neither a .flow.yaml nor a .prompty.`,
    })
  }
  const prompt = entry === undefined ? undefined : context.prompts.get(entry)
  if (prompt?.model === '') {
    context.issues.addError({
      file: prompt.path,
      at: { line: 1 },
      message: 'The prompt that the app serves names no model.',
      suggestion: 'Add model.configuration.model.',
    })
  }
  for (const [alias, model] of Object.entries(manifest.models)) {
    if (/^[^/\s]+\/\S+$/.test(model)) continue
    context.issues.addError({
      file: file.path,
      at: file.positionOf(['models', alias]),
      message: `Alias "${alias}" must name a model as connection/model, not "${model}".`,
      suggestion: 'Example: offline/extractive.',
    })
  }
  for (const [index, path] of manifest.evaluations.entries()) {
    findFile(context, {
      file,
      at: file.positionOf(['evaluations', index]),
      value: path,
      endings: ['.eval.yaml', '.eval.yml'],
    })
  }
  return entry
}

function checkTools(files: AppFiles, flows: ReadonlyMap<string, LoadedFlow>, issues: IssueList): void {
  const used = [...flows.values()].flatMap((flow) =>
    flow.nodes.flatMap((node) => (node.type === 'tool' ? [node.tool] : [])),
  )
  for (const path of new Set(used)) {
    const text = files.text(path)
    if (text !== undefined && fitsLimit(files, path, issues)) checkTool(path, text, issues)
  }
}

function placeOfModel(files: AppFiles, prompt: LoadedPrompt): { line: number; column: number } | undefined {
  const lines = (files.text(prompt.path) ?? '').split('\n')
  const line = lines.findIndex((text) => /^\s+(?:model|azure_deployment):\s*\S/.test(text))
  return line < 0 ? undefined : { line: line + 1, column: (lines[line]?.search(/\S/) ?? 0) + 1 }
}
