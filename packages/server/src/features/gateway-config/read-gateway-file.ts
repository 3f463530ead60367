import { gatewayFile, type ConfigProblem, type GatewayFile } from '@ratchet/contract'
import { checkShape, IssueList, parseYaml } from '@ratchet/runtime'

/** A gateway file as it was read. `file` is undefined when it has errors of form, which `problems` then names. */
export type ReadGatewayFile = {
  readonly file: GatewayFile | undefined
  readonly problems: readonly ConfigProblem[]
  /** Line and column of a place such as `routes[0].targets[1].model`. */
  readonly placeOf: (path: string) => { readonly line: number; readonly column: number } | undefined
}

/** Reads YAML, or JSON, which is YAML too. An empty file is the empty configuration. */
export function readGatewayFile(path: string, text: string): ReadGatewayFile {
  const parsed = parseYaml(path, text)
  if (parsed.file === undefined) {
    const problems = parsed.problems.map(({ line, column, message }) => problemAt({ line, column, message }))
    return { file: undefined, problems, placeOf: () => undefined }
  }
  const yaml = parsed.file
  const issues = new IssueList()
  const value = yaml.value ?? {}
  const file = checkShape(gatewayFile, { file: yaml, value, what: 'the gateway file' }, issues)
  return {
    file,
    problems: issues.sorted().map(problemAt),
    placeOf: (place) => yaml.positionOf(keysOf(place)),
  }
}

function problemAt(issue: {
  line?: number | undefined
  column?: number | undefined
  message: string
  suggestion?: string | undefined
}): ConfigProblem {
  const { line, column, message, suggestion } = issue
  return {
    severity: 'error',
    path: '',
    message,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(line === undefined || column === undefined ? {} : { line, column }),
  }
}

/** `routes[0].name` as `routes`, 0, `name`. */
function keysOf(place: string): (string | number)[] {
  return [...place.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map((match) => match[1] ?? Number(match[2]))
}
