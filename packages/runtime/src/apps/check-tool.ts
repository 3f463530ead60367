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
  const code = text.replace(
    /\/\*[\s\S]*?\*\/|\/\/[^\n]*|`(?:[^`\\]|\\.)*`|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g,
    ' ',
  )
  return /\bexport\s+default\b/.test(code) || /\bexport\s*\{[^}]*\bas\s+default\b[^}]*\}/.test(code)
}
