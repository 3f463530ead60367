import { suggestNames } from '@ratchet/core/graph'
import { splitFrontMatter } from '../prompts/split-front-matter.ts'
import { compileTemplate, historyName, type TemplateVariable } from '../templates/index.ts'
import { checkShape } from './check-shape.ts'
import { frontMatterSchema, type InputSpec } from './file-schemas.ts'
import type { IssueList } from './issue-list.ts'
import type { LoadedPrompt } from './loaded-app.ts'
import { parseYaml, type YamlFile } from './yaml-file.ts'

const roles = ['system', 'developer', 'user', 'assistant', 'tool']
const roleLine = /^[ \t]*(?:#{1,6}[ \t]*)?([A-Za-z]{3,12})[ \t]*:[ \t]*$/

/** Parses and checks a `.prompty`: front matter, template syntax, and that every variable is declared. */
export function checkPrompt(path: string, text: string, issues: IssueList): LoadedPrompt | undefined {
  const parts = splitFrontMatter(text)
  if (!parts) {
    issues.addError({
      file: path,
      at: { line: 1, column: 1 },
      message: 'A prompt starts with front matter between two "---" lines.',
      suggestion: 'Put "---", the fields and "---" above the messages.',
    })
    return undefined
  }
  const yaml = parseYaml(path, parts.frontMatter, parts.frontMatterLine)
  for (const problem of yaml.problems) issues.addError({ file: path, at: problem, message: problem.message })
  const front = yaml.file
    ? checkShape(
        frontMatterSchema,
        { file: yaml.file, value: yaml.file.value ?? {}, what: 'the front matter' },
        issues,
      )
    : undefined
  const { template, issues: problems } = compileTemplate(parts.body, parts.bodyLine)
  for (const { line, column, message, suggestion } of problems) {
    issues.addError({
      file: path,
      at: { line, ...(column !== undefined && { column }) },
      message,
      suggestion,
    })
  }
  checkRoles(path, parts, issues)
  if (template && front) {
    for (const variable of template.variables) checkVariable(path, variable, front.inputs, issues)
  }
  if (yaml.file && front) checkInputs(yaml.file, front.inputs, template?.variables ?? [], issues)
  if (!template || !front) return undefined
  return {
    path,
    name: front.name || nameOf(path),
    description: front.description,
    model: modelOf(front.model.configuration),
    parameters: front.model.parameters,
    inputs: front.inputs,
    outputs: front.outputs,
    sample: front.sample,
    template,
  }
}

type Inputs = Readonly<Record<string, InputSpec>>

function checkVariable(path: string, variable: TemplateVariable, inputs: Inputs, issues: IssueList): void {
  const { name, line, isProbe } = variable
  if (isProbe || name === historyName || Object.hasOwn(inputs, name)) return
  const declared = Object.keys(inputs)
  const near = suggestNames(name, [...declared, historyName])
  issues.addError({
    file: path,
    at: { line },
    message: `The prompt uses the variable "${name}", which is not declared.`,
    suggestion:
      near ||
      `Declare it under "inputs"${declared.length > 0 ? `; declared are: ${declared.join(', ')}` : ''}.`,
  })
}

function checkInputs(
  file: YamlFile,
  inputs: Inputs,
  used: readonly TemplateVariable[],
  issues: IssueList,
): void {
  for (const name of Object.keys(inputs)) {
    const at = file.positionOfKey(['inputs', name])
    if (name === 'namespace') {
      issues.addError({
        file: file.path,
        at,
        message: 'An input cannot be named "namespace": templates have a function of that name.',
      })
    } else if (used.length > 0 && !used.some((variable) => variable.name === name)) {
      issues.addWarning({
        file: file.path,
        at,
        message: `Input "${name}" is declared but never used in the prompt.`,
      })
    }
  }
}

/** Looks at the author's own lines only: what loops write as roles is known when the prompt runs. */
function checkRoles(path: string, parts: { body: string; bodyLine: number }, issues: IssueList): void {
  const lines = parts.body.split('\n')
  const found = lines.map((line) => roleLine.exec(line)?.[1]?.toLowerCase())
  const first = found.findIndex((role) => role !== undefined && (roles.includes(role) || role === 'function'))
  const lead = lines
    .slice(0, Math.max(0, first))
    .findIndex((line) => line.trim() !== '' && !/^\s*\{[%#]/.test(line))
  if (
    first > 0 &&
    lead >= 0 &&
    !lines.slice(0, first).some((line) => line.includes('{%') || line.includes('{#'))
  ) {
    issues.addError({
      file: path,
      at: { line: parts.bodyLine + lead, column: 1 },
      message: 'Text stands before the first role.',
      suggestion: 'Put "system:" above it.',
    })
  }
  for (const [index, role] of found.entries()) {
    if (role === undefined || roles.includes(role) || role === 'function') continue
    const suggestion = suggestNames(role, roles)
    // "Tools:" and the like are headings.
    if (suggestion === '' || roles.includes(role.replace(/s$/, ''))) continue
    issues.addWarning({
      file: path,
      at: { line: parts.bodyLine + index, column: 1 },
      message: `The line "${role}:" looks like a role but is none, so it stays text.`,
      suggestion,
    })
  }
}

/** `connection` and `model` side by side, as prompt flow writes them, are one model name for us. */
function modelOf(configuration: {
  model?: string | undefined
  azure_deployment?: string | undefined
  connection?: string | undefined
}): string {
  const model = configuration.model ?? configuration.azure_deployment ?? ''
  const { connection } = configuration
  return connection === undefined || model === '' || model.includes('/') ? model : `${connection}/${model}`
}

function nameOf(path: string): string {
  return (path.split('/').at(-1) ?? path).replace(/\.prompty$/, '')
}
