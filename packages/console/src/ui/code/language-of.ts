export type Language = 'json' | 'yaml' | 'markdown' | 'typescript' | 'text'

const byEnding: Readonly<Record<string, Language>> = {
  json: 'json',
  yaml: 'yaml',
  yml: 'yaml',
  md: 'markdown',
  prompty: 'markdown',
  prompt: 'markdown',
  ts: 'typescript',
  tsx: 'typescript',
  js: 'typescript',
  mjs: 'typescript',
}

/** The grammar for a file, by its ending. `.jsonl` is plain: a JSON grammar would mark every second line as wrong. */
export function languageOf(path: string): Language {
  return byEnding[path.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'text'
}
