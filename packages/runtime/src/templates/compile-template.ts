import { checkTags, type TemplateIssue } from './check-tags.ts'
import { parse, tokenize } from './jinja-library.ts'
import { scanTags, type TemplateTag } from './scan-tags.ts'
import { nodeIn, textIn, type TemplateNode } from './template-node.ts'
import { removeMarks } from './taint-marks.ts'
import { walkTemplate } from './walk-template.ts'

/** A name that a template reads and does not define itself. A probe only asks whether it is there. */
export type TemplateVariable = { readonly name: string; readonly line: number; readonly isProbe: boolean }

export type CompiledTemplate = {
  readonly program: TemplateNode
  readonly variables: readonly TemplateVariable[]
  /** Lines of identifiers. */
  readonly lines: ReadonlyMap<object, number>
  /** Nodes whose text goes into the output, except literal text. */
  readonly outputs: ReadonlySet<object>
  /** Nodes that may be undefined: operands of `is defined`, `is undefined` and `default`. */
  readonly probes: ReadonlySet<object>
}

/** Names that every template has. */
export const templateGlobals = [
  'true',
  'false',
  'none',
  'True',
  'False',
  'None',
  'range',
  'namespace',
  'raise_exception',
] as const

const maxCharacters = 256 * 1024
const blankRun = /\s{1001}/
const probingTests = new Set(['defined', 'undefined'])

/** Parses a template. `firstLine` is the line of the file at which it starts. */
export function compileTemplate(
  source: string,
  firstLine = 1,
): { template?: CompiledTemplate; issues: TemplateIssue[] } {
  const text = removeMarks(source)
  const oversize = findOversize(text)
  if (oversize) return { issues: [{ line: firstLine, ...oversize }] }
  const { tags, unclosed } = scanTags(text)
  const issues = checkTags(unclosed ? tags.filter((tag) => tag.kind === 'expression') : tags)
  if (unclosed) {
    const { line, column, delimiter } = unclosed
    const closer = delimiter === '{{' ? '}}' : delimiter === '{%' ? '%}' : '#}'
    issues.push({
      line,
      column,
      message: `"${delimiter}" is never closed.`,
      suggestion: `Close it with "${closer}".`,
    })
  }
  if (issues.length > 0)
    return { issues: issues.map((issue) => ({ ...issue, line: issue.line + firstLine - 1 })) }
  try {
    const program = parse(tokenize(text, { lstrip_blocks: true, trim_blocks: true }))
    return { template: analyse(program, tags, firstLine), issues: [] }
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return { issues: [{ line: firstLine, message: `The template cannot be parsed: ${problem}.` }] }
  }
}

/** The library's lexer is quadratic in runs of white space, so both length and runs are bounded. */
function findOversize(text: string): { message: string; suggestion: string } | undefined {
  if (text.length > maxCharacters) {
    const message = `The template has ${text.length} characters; the limit is ${maxCharacters}.`
    return { message, suggestion: 'Move long texts into an index or an input.' }
  }
  return blankRun.test(text)
    ? { message: 'The template has more than 1,000 blanks in a row.', suggestion: 'Remove them.' }
    : undefined
}

function analyse(program: TemplateNode, tags: readonly TemplateTag[], firstLine: number): CompiledTemplate {
  const lines = new Map<object, number>()
  const outputs = new Set<object>()
  const probes = findProbes(program)
  const found: TemplateVariable[] = []
  const words = identifierWords(tags)
  let at = 0
  // Nodes carry no position, but identifiers come in the order of their tokens, with keywords between them.
  const locate = (node: TemplateNode): number => {
    while (at < words.length && words[at]?.word !== node['value']) at += 1
    const line = (words[at]?.line ?? 1) + firstLine - 1
    lines.set(node, line)
    at += 1
    return line
  }
  walkTemplate(
    program,
    {
      onName: (node) => void locate(node),
      onOutput: (node) => {
        if (node.type !== 'StringLiteral' && !silentTypes.has(node.type)) outputs.add(node)
      },
      onLoad: (node, isBound) => {
        const line = locate(node)
        if (!isBound) found.push({ name: textIn(node, 'value'), line, isProbe: probes.has(node) })
      },
    },
    templateGlobals,
  )
  const variables = found.filter((one, index) => found.findIndex((other) => isSame(one, other)) === index)
  return { program, variables, lines, outputs, probes }
}

const silentTypes = new Set(['If', 'For', 'Set', 'Macro', 'Comment', 'Break', 'Continue'])

function isSame(one: TemplateVariable, other: TemplateVariable): boolean {
  return one.name === other.name && one.isProbe === other.isProbe
}

function identifierWords(tags: readonly TemplateTag[]): { word: string; line: number }[] {
  return tags
    .filter((tag) => tag.kind !== 'comment')
    .flatMap((tag) => tokensOf(tag).map((word) => ({ word, line: tag.line })))
}

function tokensOf(tag: TemplateTag): string[] {
  const text = tag.kind === 'expression' ? `{{ ${tag.inner} }}` : `{% ${tag.inner} %}`
  return tokenize(text)
    .filter((token) => token.type === 'Identifier')
    .map((token) => token.value)
}

function findProbes(root: TemplateNode): Set<object> {
  const probes = new Set<object>()
  const search = (value: unknown): void => {
    if (Array.isArray(value) || value instanceof Map) {
      for (const item of value) search(item)
      return
    }
    if (typeof value !== 'object' || value === null) return
    const node = value as TemplateNode
    if (isProbing(node)) markChain(nodeIn(node, 'operand'), probes)
    for (const child of Object.values(node)) search(child)
  }
  search(root)
  return probes
}

function isProbing(node: TemplateNode): boolean {
  if (node.type === 'TestExpression') return probingTests.has(textIn(nodeIn(node, 'test') ?? node, 'value'))
  if (node.type !== 'FilterExpression') return false
  const filter = nodeIn(node, 'filter')
  return filter !== undefined && textIn(nodeIn(filter, 'callee') ?? filter, 'value') === 'default'
}

function markChain(node: TemplateNode | undefined, probes: Set<object>): void {
  for (let at = node; at; at = nodeIn(at, 'object')) probes.add(at)
}
