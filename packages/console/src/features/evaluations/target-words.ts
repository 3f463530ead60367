import type { Evaluation } from '@ratchet/contract'

/** What a run evaluated, as people write it: `app/docs-assistant r3`, `openai/gpt-4.1-mini`. Digests are cut to 8 digits. */
export function printTarget(run: Pick<Evaluation, 'target' | 'targetRelease'>): string {
  const [name = '', version] = run.target.split('@')
  const release = run.targetRelease ?? version
  return release === undefined ? name : `${name} ${printRelease(release)}`
}

/** The release of a run, or its target when it has none: short enough for a heading. */
export function printRunName(run: Pick<Evaluation, 'target' | 'targetRelease'>): string {
  return run.targetRelease === undefined ? printTarget(run) : printRelease(run.targetRelease)
}

function printRelease(release: string): string {
  return /^[0-9a-f]{64}$/.test(release) ? release.slice(0, 8) : release
}
