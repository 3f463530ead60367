import { stripTypeScriptTypes } from 'node:module'
import type { IssueList } from './issue-list.ts'

/** Reports a tool that Node cannot run as it is, or that exports no default function. */
export function checkTool(path: string, text: string, issues: IssueList): void {
  if (path.endsWith('.ts')) {
    const problem = findSyntaxProblem(text)
    if (problem) {
      issues.addError({ file: path, ...problem })
      return
    }
  }
  if (hasDefaultExport(text)) return
  issues.addError({
    file: path,
    at: { line: 1, column: 1 },
    message: 'The tool has no default export.',
    suggestion: 'Write: export default async function (inputs, { signal }) { … }',
  })
}

type ToolProblem = { message: string; at?: { line: number; column: number }; suggestion?: string }

function findSyntaxProblem(text: string): ToolProblem | undefined {
  try {
    stripTypeScriptTypes(text)
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    const [first = ''] = error.message.split('\n').filter((line) => line.trim() !== '')
    const isTypeScript = 'code' in error && error.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
    const at = placeOf(error)
    return {
      message: isTypeScript ? `Not supported in tools: ${first.trim()}` : `Syntax error: ${first.trim()}`,
      ...(at && { at }),
      ...(isTypeScript && {
        suggestion: 'Use only types that can be erased: no enum, namespace or parameter properties.',
      }),
    }
  }
}

function placeOf(error: Error): { line: number; column: number } | undefined {
  const { startLine, startColumn } = error as { startLine?: unknown; startColumn?: unknown }
  if (typeof startLine === 'number')
    return { line: startLine, column: typeof startColumn === 'number' ? startColumn + 1 : 1 }
  const line = /:(\d+)\n/.exec(error.stack ?? '')?.[1]
  return line === undefined ? undefined : { line: Number(line), column: 1 }
}

/** Looks for the export outside of comments and texts. */
function hasDefaultExport(text: string): boolean {
  const code = blankOut(text)
  return /\bexport\s{1,50}default\b/.test(code) || /\bas\s{1,50}default\b/.test(code)
}

/** The code without comments and texts, in one pass: a pattern would be quadratic on hostile files. */
function blankOut(text: string): string {
  const kept: string[] = []
  let from = 0
  for (let at = 0; at < text.length; at += 1) {
    const end = endOfQuiet(text, at)
    if (end === undefined) continue
    kept.push(text.slice(from, at))
    from = end
    at = end - 1
  }
  return [...kept, text.slice(from)].join(' ')
}

/** Where the comment or text that starts here ends; undefined when none starts here. */
function endOfQuiet(text: string, at: number): number | undefined {
  const letter = text[at]
  if (letter === '/' && (text[at + 1] === '/' || text[at + 1] === '*')) {
    const closer = text[at + 1] === '/' ? '\n' : '*/'
    const end = text.indexOf(closer, at + 2)
    return end < 0 ? text.length : end + closer.length
  }
  if (letter !== '"' && letter !== "'" && letter !== '`') return undefined
  for (let next = at + 1; next < text.length; next += 1) {
    if (text[next] === '\\') next += 1
    else if (text[next] === letter) return next + 1
    else if (text[next] === '\n' && letter !== '`') return next
  }
  return text.length
}
