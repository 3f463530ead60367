/** Table functions that read nothing outside the query itself. */
const harmless = new Set(['numbers', 'zeros', 'values', 'generate_series', 'generateseries'])

/**
 * Throws unless every table in the text is narrowed by `project = {project:UUID}`.
 * It counts: as many placeholders as tables after FROM and JOIN, names of the query's own WITH parts left out.
 * A guard against forgetting for SQL that we write; it is no sandbox for SQL that users write.
 */
export function assertProjectScope(sql: string): void {
  const text = sql
    .replace(/--[^\n]*|\/\*[\s\S]*?\*\//g, ' ')
    .replace(/'(?:[^'\\]|\\[\s\S]|'')*'/g, "''")
    .replace(/[`"]/g, '')
  const own = new Set([...text.matchAll(/(?:\bwith|,)\s+(\w+)\s+as\s*\(/gi)].map((match) => match[1]))
  const tables: string[] = []
  for (const match of text.matchAll(/\b(?:from|join)\s+([\w.]+)\s*(\()?/gi)) {
    const name = match[1] ?? ''
    if (match[2] === '(') {
      if (!harmless.has(name.toLowerCase())) {
        throw new Error(`The query reads from the table function ${name}(), which is outside every project.`)
      }
    } else if (!own.has(name)) tables.push(name)
  }
  const scoped = [...text.matchAll(/\bproject\s*=\s*\{\s*project\s*:\s*UUID\s*\}/gi)].length
  if (scoped < tables.length || scoped === 0) {
    throw new Error(
      `The query names ${tables.length} tables (${tables.join(', ')}) but narrows ${scoped} by "project = {project:UUID}": it could show rows of another project.`,
    )
  }
}
