import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { limitReport } from '@ratchet/contract'

/** A report that is delivered from a file. */
export type KeptReport = { readonly body: string; readonly path: string }

const fileName = /^(\d+)-([0-9a-f-]{36})\.ndjson$/

/**
 * Reports that control has not taken yet, in a file: one line each, the last of which is written again while it grows.
 * Nothing is written while control answers. A process that is killed leaves its file to the next one on the same folder.
 */
export class UseJournal {
  readonly #folder: string
  readonly #path: string
  #file: number | undefined
  /** Where the line begins that may still change. */
  #tailAt = 0
  #kept: KeptReport[] = []
  /** Reports of a file that are not delivered yet. */
  readonly #undelivered = new Map<string, number>()

  constructor(folder: string, instance: string) {
    this.#folder = folder
    this.#path = join(folder, `${process.pid}-${instance}.ndjson`)
  }

  /** Reports that wait to be delivered from files. */
  get keptCount(): number {
    return this.#kept.length
  }

  /** Adds a line that stays as it is. */
  keep(report: string): void {
    this.#tailAt += this.#write(report)
  }

  /** A line that stays, and that memory forgets: it is delivered from here. */
  handOver(report: string): void {
    this.keep(report)
    this.#await([report], this.#path)
  }

  takeKept(): KeptReport | undefined {
    return this.#kept.shift()
  }

  /** Control has taken it, or never will. A file of another process goes when all of it is told. */
  onDelivered({ path }: KeptReport): void {
    const left = (this.#undelivered.get(path) ?? 0) - 1
    this.#undelivered.set(path, left)
    if (left <= 0 && path !== this.#path) rmSync(path, { force: true })
  }

  /** Replaces the last line. */
  replaceTail(report: string): void {
    const bytes = this.#write(report)
    if (this.#file !== undefined) ftruncateSync(this.#file, this.#tailAt + bytes)
  }

  /** Everything is delivered. */
  clear(): void {
    if (this.#file === undefined) return
    closeSync(this.#file)
    this.#file = undefined
    this.#tailAt = 0
    rmSync(this.#path, { force: true })
  }

  /** Lets go of the file and leaves it to the next process. */
  close(): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  /** Takes over what processes that are gone left behind since, to be delivered too. A torn last line is left out. */
  adoptLeftBehind(): void {
    for (const name of listFolder(this.#folder)) {
      const pid = Number(fileName.exec(name)?.[1])
      const path = join(this.#folder, name)
      if (!Number.isInteger(pid) || path === this.#path || this.#undelivered.has(path) || isAlive(pid))
        continue
      const reports = readFileSync(path, 'utf8').split('\n').flatMap(asLeftBehind)
      if (reports.length === 0) rmSync(path, { force: true })
      else this.#await(reports, path)
    }
  }

  #await(reports: readonly string[], path: string): void {
    for (const body of reports) this.#kept.push({ body, path })
    this.#undelivered.set(path, (this.#undelivered.get(path) ?? 0) + reports.length)
  }

  #write(report: string): number {
    if (this.#file === undefined) {
      mkdirSync(this.#folder, { recursive: true })
      this.#file = openSync(this.#path, 'w', 0o600)
    }
    return writeSync(this.#file, `${report}\n`, this.#tailAt)
  }
}

function asLeftBehind(line: string): string[] {
  try {
    return [JSON.stringify({ ...limitReport.parse(JSON.parse(line)), isLeftBehind: true, rates: [] })]
  } catch {
    // The writer was killed while it wrote.
    return []
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    // No process had anything to leave.
    return []
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
