import type { ReleaseFile } from '@ratchet/contract'

const byEnding: readonly [RegExp, ReleaseFile['kind']][] = [
  [/^ratchet\.ya?ml$/, 'manifest'],
  [/^documents\//, 'document'],
  [/\.prompty$/, 'prompt'],
  [/\.flow\.(ya?ml|ts)$/, 'flow'],
  [/\.index\.ya?ml$/, 'index'],
  [/\.eval\.ya?ml$/, 'evaluation'],
  [/\.guardrail\.ya?ml$/, 'guardrail'],
  [/\.jsonl$/, 'dataset'],
  [/^tools\/.*\.(ts|js|mjs)$/, 'tool'],
]

/** What a file of an app folder is, by its path. */
export function fileKindOf(path: string): ReleaseFile['kind'] {
  return byEnding.find(([pattern]) => pattern.test(path))?.[1] ?? 'other'
}
