import { AppError, type ConnectionChange, type FileConnection } from '@ratchet/contract'
import type { FilePlan } from './plan-file.ts'

/** One connection of a file, and what has to be done for it. */
export type ConnectionStep = {
  readonly file: FileConnection
  readonly change: ConnectionChange
  /** Keys that the connection does not have yet, read from the environment. */
  readonly newKeys: readonly string[]
  /** Variables that are not set here. */
  readonly missing: readonly string[]
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Looks up the keys that a file refers to. A variable that is not set matters only where a connection is made: whoever
 * just compares need not hold the keys.
 */
export function planConnections(plan: FilePlan, environment: Environment): ConnectionStep[] {
  return plan.connections.flatMap((file) => {
    const change = plan.connectionChanges.find(({ name }) => name === file.name)
    if (!change) return []
    const variables = [...(file.key === undefined ? [] : [file.key]), ...file.keys].map(nameOf)
    const values = variables.map((name) => environment[name]?.trim() ?? '')
    const isManaged = change.kind !== 'found-at-start'
    const newKeys = values.filter((value) => value !== '' && !change.keyPreviews.includes(previewOf(value)))
    return [
      {
        file,
        change,
        newKeys: isManaged ? newKeys : [],
        missing: variables.filter((_, index) => values[index] === ''),
      },
    ]
  })
}

/** True when something about the connection has to be done. */
export function isPending({ change, newKeys }: ConnectionStep): boolean {
  return change.kind === 'added' || change.kind === 'changed' || newKeys.length > 0
}

/** Throws before anything is changed when a step cannot be done. */
export function requirePossible(steps: readonly ConnectionStep[]): void {
  for (const { file, change, missing } of steps) {
    const [variable] = missing
    if (change.kind === 'added' && variable !== undefined) {
      throw new AppError('validation_failed', {
        message: `The connection "${file.name}" reads its key from ${variable}, which is not set. Set it, then apply again.`,
        details: { field: 'key', connection: file.name, variable },
      })
    }
    const provider = change.fields.find(({ path }) => path === 'provider')
    if (provider) {
      throw new AppError('conflict', {
        message: `The connection "${file.name}" is to ${JSON.stringify(provider.before)}, and the file says ${JSON.stringify(provider.after)}. Remove it first, or give the new one another name: ratchet connections remove ${file.name}`,
        details: { connection: file.name },
      })
    }
  }
}

function nameOf(reference: string): string {
  return reference.slice('env:'.length)
}

/** As the server shows keys: enough to see whether it is another one. */
export function previewOf(key: string): string {
  return key.length >= 12 ? key.slice(-4) : '····'
}
