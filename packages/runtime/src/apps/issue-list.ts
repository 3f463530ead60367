import type { AppIssue } from '@ratchet/contract'
import type { Position } from './yaml-file.ts'

type IssueParts = {
  readonly file: string
  readonly message: string
  readonly at?: Partial<Position> | undefined
  readonly suggestion?: string | undefined
}

const maxIssues = 500

/** Collects what is wrong with an app folder, each problem once, at most 500. */
export class IssueList {
  readonly #issues: AppIssue[] = []
  #hasErrors = false

  addError(parts: IssueParts): void {
    this.#add(parts, 'error')
  }

  addWarning(parts: IssueParts): void {
    this.#add(parts, 'warning')
  }

  get hasErrors(): boolean {
    return this.#hasErrors
  }

  /** Errors first, then by file and line. */
  sorted(): AppIssue[] {
    return this.#issues.toSorted(
      (a, b) =>
        (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1) ||
        (a.file === b.file ? 0 : a.file < b.file ? -1 : 1) ||
        (a.line ?? 0) - (b.line ?? 0) ||
        (a.column ?? 0) - (b.column ?? 0),
    )
  }

  #add({ file, message, at, suggestion }: IssueParts, severity: AppIssue['severity']): void {
    if (severity === 'error') this.#hasErrors = true
    if (this.#issues.length >= maxIssues) return
    if (
      this.#issues.some(
        (other) => other.file === file && other.line === at?.line && other.message === message,
      )
    )
      return
    this.#issues.push({
      file,
      ...(at?.line === undefined ? {} : { line: at.line }),
      ...(at?.column === undefined ? {} : { column: at.column }),
      message,
      ...(suggestion ? { suggestion } : {}),
      severity,
    })
  }
}
