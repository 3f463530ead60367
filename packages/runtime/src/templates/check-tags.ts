import { suggestNames } from '@ratchet/core/graph'
import { parse, tokenize } from './jinja-library.ts'
import type { TemplateTag } from './scan-tags.ts'

/** A problem in a template; `line` counts from the template's first line. */
export type TemplateIssue = {
  readonly line: number
  readonly column?: number
  readonly message: string
  readonly suggestion?: string
}

const closers: Readonly<Record<string, string>> = {
  if: 'endif',
  for: 'endfor',
  macro: 'endmacro',
  call: 'endcall',
  filter: 'endfilter',
  set: 'endset',
}
const middles: Readonly<Record<string, readonly string[]>> = { elif: ['if'], else: ['if', 'for'] }
const singles = new Set(['break', 'continue', 'generation', 'endgeneration'])
const unsupported: Readonly<Record<string, string>> = {
  raw: 'Write "{{" as {{ "{{" }}.',
  include: 'Put the text into this file.',
  import: 'Define the macro in this file.',
  from: 'Define the macro in this file.',
  extends: 'Put the text into this file.',
  block: 'Put the text into this file.',
  with: 'Use {% set %}.',
  do: 'Use {% set %}.',
  autoescape: 'Prompts are plain text and never escaped.',
}

/** Checks each tag on its own, so that every syntax error has its line, and that blocks are closed in order. */
export function checkTags(tags: readonly TemplateTag[]): TemplateIssue[] {
  const issues: TemplateIssue[] = []
  const open: { name: string; tag: TemplateTag }[] = []
  for (const tag of tags) {
    const issue = tag.kind === 'comment' ? undefined : checkTag(tag, open)
    if (issue) issues.push({ line: tag.line, column: tag.column, ...issue })
  }
  for (const { name, tag } of open.toReversed()) {
    issues.push({
      line: tag.line,
      column: tag.column,
      message: `{% ${name} %} is never closed.`,
      suggestion: `Add {% ${closers[name]} %}.`,
    })
  }
  return issues
}

type Problem = { readonly message: string; readonly suggestion?: string }

function checkTag(tag: TemplateTag, open: { name: string; tag: TemplateTag }[]): Problem | undefined {
  if (tag.kind === 'expression') {
    if (tag.inner === '') return { message: '{{ }} is empty.', suggestion: 'Name a variable in it.' }
    return parseProblem(`{{ ${tag.inner} }}`)
  }
  const name = /^\w+/.exec(tag.inner)?.[0] ?? ''
  const advice = unsupported[name]
  if (advice !== undefined)
    return { message: `{% ${name} %} is not supported in templates.`, suggestion: advice }
  if (singles.has(name)) return undefined
  const allowedIn = middles[name]
  const last = open.at(-1)
  if (allowedIn) {
    if (!last || !allowedIn.includes(last.name))
      return {
        message: `{% ${name} %} stands outside of ${allowedIn.map((each) => `{% ${each} %}`).join(' and ')}.`,
      }
    return name === 'elif' ? parseProblem(`{% if ${tag.inner.slice(4)} %}{% endif %}`) : undefined
  }
  if (Object.values(closers).includes(name)) return checkCloser(name, open)
  const closer = closers[name]
  if (closer === undefined) {
    const known = [...Object.keys(closers), ...Object.values(closers), ...Object.keys(middles)]
    const suggestion = suggestNames(name, known)
    return { message: `Unknown statement {% ${name} %}.`, ...(suggestion && { suggestion }) }
  }
  if (name === 'set' && parseProblem(`{% ${tag.inner} %}`) === undefined) return undefined
  open.push({ name, tag })
  return parseProblem(`{% ${tag.inner} %}{% ${closer} %}`)
}

function checkCloser(name: string, open: { name: string; tag: TemplateTag }[]): Problem | undefined {
  const last = open.at(-1)
  const opener = name.slice('end'.length)
  if (last?.name === opener) {
    open.pop()
    return undefined
  }
  // A block further out is meant: the inner one was forgotten, and is reported as never closed.
  if (open.some((each) => each.name === opener)) {
    const inner = open.pop()
    const problem = {
      message: `{% ${name} %} comes before {% ${inner?.name} %} of line ${inner?.tag.line} is closed.`,
    }
    while (open.length > 0 && open.at(-1)?.name !== opener) open.pop()
    open.pop()
    return problem
  }
  return {
    message: `{% ${name} %} closes nothing.`,
    suggestion: `Open it with {% ${opener} … %} or remove it.`,
  }
}

function parseProblem(text: string): Problem | undefined {
  try {
    parse(tokenize(text, { lstrip_blocks: true, trim_blocks: true }))
    return undefined
  } catch (error) {
    return { message: `Syntax error in ${text.replace(/\{% end\w+ %\}$/, '')}: ${explain(error)}` }
  }
}

/** The library's words for what it expected; its crashes on unfinished input are no message for people. */
function explain(error: unknown): string {
  if (error instanceof RangeError) return 'it is nested too deeply.'
  if (!(error instanceof Error) || error instanceof TypeError) return 'it is not complete.'
  const words = error.message.replace(/^Parser Error: /, '').replace(/\. \w+ !== \w+\.$/, '')
  return `${words.charAt(0).toLowerCase()}${words.slice(1)}.`
}
