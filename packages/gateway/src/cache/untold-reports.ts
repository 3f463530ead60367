import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const largestBytes = 4 * 1024 * 1024

/** Reports that control has not taken, one a line, in the cache folder of a process: for the next one that owns it. */
export class UntoldReports {
  readonly #path: string

  constructor(folder: string) {
    this.#path = join(folder, 'untold.ndjson')
  }

  read(): string[] {
    try {
      return readFileSync(this.#path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    } catch {
      // The earlier process has told everything.
      return []
    }
  }

  /** Reports that are too many, or find no room, are lost: they are figures, not answers. */
  write(reports: readonly string[]): void {
    const text = `${reports.join('\n')}\n`
    try {
      if (text.length <= largestBytes) writeFileSync(this.#path, text, { mode: 0o600 })
    } catch {
      // The disk is full, or the folder is gone.
    }
  }

  clear(): void {
    rmSync(this.#path, { force: true })
  }
}
