import { suggestNames } from '@ratchet/core/graph'
import { z } from 'zod'
import type { IssueList } from './issue-list.ts'
import type { YamlFile } from './yaml-file.ts'

type Path = readonly (string | number)[]

/**
 * Parses a part of a YAML file, reporting every problem where it stands. `base` is where the part is in the
 * file; `what` names it in messages. Undefined when it has errors.
 */
export function checkShape<Schema extends z.ZodType>(
  schema: Schema,
  part: { readonly file: YamlFile; readonly base?: Path; readonly value?: unknown; readonly what: string },
  issues: IssueList,
): z.output<Schema> | undefined {
  const base = part.base ?? []
  const result = schema.safeParse('value' in part ? part.value : part.file.value)
  if (result.success) return result.data
  for (const issue of result.error.issues.flatMap(innerIssues)) {
    const path = [...base, ...issue.path.filter((key) => typeof key !== 'symbol')]
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys)
        reportUnknownField(schema, { ...part, path, key, inner: issue.path }, issues)
    } else {
      issues.addError({
        file: part.file.path,
        at: part.file.positionOf(path),
        ...describeProblem(issue, path, part.what),
      })
    }
  }
  return undefined
}

/** Of the alternatives of a union, the one that the value comes closest to: an object is meant as an object. */
function innerIssues(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue]
  const branches = issue.errors.map((branch) => branch.flatMap(innerIssues))
  const isWrongKind = (branch: z.core.$ZodIssue[]) =>
    branch.some((each) => each.path.length === 0 && each.code === 'invalid_type')
  const isOther = (branch: z.core.$ZodIssue[]) =>
    branch.some((each) => each.path.length === 0 && each.code === 'unrecognized_keys')
  const nearest =
    branches.find((branch) => branch.length > 0 && !isWrongKind(branch) && !isOther(branch)) ??
    branches.find((branch) => branch.length > 0 && !isWrongKind(branch)) ??
    branches[0] ??
    []
  return nearest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

function reportUnknownField(
  schema: z.ZodType,
  part: { file: YamlFile; what: string; path: Path; key: string; inner: readonly PropertyKey[] },
  issues: IssueList,
): void {
  const known = fieldsAt(schema, part.inner)
  const suggestion = suggestNames(part.key, known) || `Known fields: ${known.join(', ')}.`
  issues.addError({
    file: part.file.path,
    at: part.file.positionOfKey([...part.path, part.key]),
    message: `Unknown field "${part.key}" in ${part.what}.`,
    suggestion,
  })
}

function describeProblem(
  issue: z.core.$ZodIssue,
  path: Path,
  what: string,
): { message: string; suggestion?: string } {
  const field = path.filter((key) => typeof key === 'string').at(-1) ?? ''
  const name = field === '' ? what : `"${field}" in ${what}`
  if (
    issue.code === 'invalid_type' &&
    issue.input === undefined &&
    /received undefined/.test(issue.message)
  ) {
    return {
      message: `${field === '' ? what : `"${field}"`} is missing in ${what}.`,
      suggestion: `Add "${field}".`,
    }
  }
  const choice = issue.code === 'invalid_value' ? issue.values.map(String) : []
  if (choice.length > 0) return { message: `${name} must be one of: ${choice.join(', ')}.` }
  const words = issue.message.replace(/^Invalid input: /, '')
  return { message: `${name}: ${words}.` }
}

/** The field names that a schema allows at a path. */
function fieldsAt(schema: unknown, path: readonly PropertyKey[]): string[] {
  const inner = unwrap(schema)
  const [key, ...rest] = path
  if (inner instanceof z.ZodObject) {
    const shape: Record<string, unknown> = inner.shape
    return key === undefined ? Object.keys(shape) : fieldsAt(shape[String(key)], rest)
  }
  if (key !== undefined && inner instanceof z.ZodArray) return fieldsAt(inner.element, rest)
  if (key !== undefined && inner instanceof z.ZodRecord) return fieldsAt(inner.valueType, rest)
  if (inner instanceof z.ZodUnion) return inner.options.flatMap((option: unknown) => fieldsAt(option, path))
  return []
}

function unwrap(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return unwrap(schema.def.innerType)
  }
  if (schema instanceof z.ZodPipe) return unwrap(schema.def.in)
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodLazy) return unwrap(schema.unwrap())
  return schema
}
