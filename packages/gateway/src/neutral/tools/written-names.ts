import { legalToolName, type ToolNameRule } from './tool-names.ts'

/** Writes names of tools as a format takes them, and remembers those that it had to change. */
export class WrittenNames {
  readonly #rule: ToolNameRule
  /** As the provider knows them, and as the client does. */
  readonly changed = new Map<string, string>()

  constructor(rule: ToolNameRule) {
    this.#rule = rule
  }

  write(name: string): string {
    const legal = legalToolName(name, this.#rule)
    if (legal !== name) this.changed.set(legal, name)
    return legal
  }
}
