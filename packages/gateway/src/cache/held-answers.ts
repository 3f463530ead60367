import type { FilteredFacts } from './cached-answer.ts'

/** How many answers of a policy are kept in a place, and how much they take there. */
export type HeldByPolicy = {
  readonly project: string
  readonly policy: string
  answers: number
  bytes: number
}

/** Counts what is kept by project and policy; a policy that keeps nothing any more is forgotten. */
export class HeldAnswers {
  readonly #policies = new Map<string, HeldByPolicy>()

  add({ project, policy }: Pick<FilteredFacts, 'project' | 'policy'>, bytes: number): void {
    const key = `${project} ${policy}`
    const held = this.#policies.get(key)
    if (held === undefined) this.#policies.set(key, { project, policy, answers: 1, bytes })
    else {
      held.answers += 1
      held.bytes += bytes
    }
  }

  remove({ project, policy }: Pick<FilteredFacts, 'project' | 'policy'>, bytes: number): void {
    const key = `${project} ${policy}`
    const held = this.#policies.get(key)
    if (held === undefined) return
    held.answers -= 1
    held.bytes -= bytes
    if (held.answers === 0) this.#policies.delete(key)
  }

  list(): readonly HeldByPolicy[] {
    return [...this.#policies.values()]
  }
}
