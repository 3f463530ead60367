import { suggestNames } from '@ratchet/core/graph'
import { resolvePath, type AppFiles } from './app-files.ts'
import type { Manifest } from './file-schemas.ts'
import type { IssueList } from './issue-list.ts'
import type { LoadedPrompt } from './loaded-app.ts'
import type { Position, YamlFile } from './yaml-file.ts'

/** What the checks of one file need to know about the others. */
export type AppContext = {
  readonly files: AppFiles
  readonly issues: IssueList
  /** Undefined when `ratchet.yaml` has errors: aliases are then unknown and not checked. */
  readonly manifest: Manifest | undefined
  readonly prompts: ReadonlyMap<string, LoadedPrompt>
  /** Names of indexes, broken ones too. */
  readonly indexNames: ReadonlySet<string>
}

/**
 * The file that a field names; reports when it leaves the folder or is not there, with the nearest file of the
 * same kind.
 */
export function findFile(
  context: { readonly files: AppFiles; readonly issues: IssueList },
  field: {
    readonly file: YamlFile
    readonly at: Position
    readonly value: string
    readonly endings: readonly string[]
  },
): string | undefined {
  const { files, issues } = context
  const path = resolvePath(field.file.path, field.value)
  if (path !== undefined && files.has(path)) return path
  const message =
    path === undefined
      ? `"${field.value}" leads out of the app folder.`
      : `File "${field.value}" does not exist (looked for ${path}).`
  const candidates = files
    .paths()
    .filter((candidate) => field.endings.some((ending) => candidate.endsWith(ending)))
  const suggestion = suggestFile(path ?? field.value, candidates)
  issues.addError({ file: field.file.path, at: field.at, message, suggestion })
  return undefined
}

function suggestFile(path: string, candidates: readonly string[]): string | undefined {
  const name = path.split('/').at(-1)
  const sameName = candidates.find((candidate) => candidate.split('/').at(-1) === name)
  if (sameName !== undefined) return `Did you mean "${sameName}"?`
  const near = suggestNames(path, candidates.slice(0, 500))
  if (near !== '') return near
  return candidates.length > 0 ? `Files of this kind: ${candidates.slice(0, 5).join(', ')}.` : undefined
}

/** Reports a model that is neither `connection/model` nor an alias. */
export function checkModel(
  context: AppContext,
  field: { readonly path: string; readonly at?: Position | undefined; readonly model: string },
): void {
  const aliases = context.manifest?.models
  if (aliases === undefined || field.model.includes('/') || Object.hasOwn(aliases, field.model)) return
  const names = Object.keys(aliases)
  context.issues.addError({
    file: field.path,
    at: field.at,
    message: `Model "${field.model}" is not an alias of ratchet.yaml.`,
    suggestion:
      suggestNames(field.model, names) ||
      `Write connection/model, or add "${field.model}" to "models" in ratchet.yaml${names.length > 0 ? ` (there are: ${names.join(', ')})` : ''}.`,
  })
}
