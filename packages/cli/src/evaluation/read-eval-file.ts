import { readFile } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { AppError, evaluationSpec } from '@ratchet/contract'
import { isMap, isSeq, LineCounter, parseDocument, type Document } from 'yaml'
import { z } from 'zod'

const evaluationFile = evaluationSpec
  .extend({
    dataset: z.string().min(1),
    target: z.string().min(1).optional(),
    /** An earlier evaluation to compare with: an id, or `last`. */
    compare: z.string().optional(),
  })
  .strict()

/** An `*.eval.yaml` once read; paths in it are relative to `folder`. */
export type EvalFile = z.output<typeof evaluationFile> & { readonly path: string; readonly folder: string }

/** Reads and checks an evaluation file; every problem is told with its line. */
export async function readEvalFile(path: string): Promise<EvalFile> {
  const full = resolve(path)
  const text = await readFile(full, 'utf8').catch((cause: unknown) => {
    throw new AppError('validation_failed', {
      message: `Cannot read the evaluation file "${path}". Name an *.eval.yaml, as in: ratchet eval evaluations/quality.eval.yaml`,
      details: { path: full },
      cause,
    })
  })
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  const [broken] = document.errors
  if (broken)
    throw problem(path, lines.linePos(broken.pos[0]).line, broken.message.split('\n')[0] ?? 'not YAML')
  const parsed = evaluationFile.safeParse(document.toJS())
  if (parsed.success) return { ...parsed.data, path: full, folder: dirname(full) }
  const [issue] = parsed.error.issues
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys : []
  const place = [...(issue?.path ?? []), ...keys.slice(0, 1)]
  throw problem(
    path,
    lineOf(document, lines, place),
    `${place.join('.') || 'the file'}: ${explain(issue, keys)}`,
  )
}

function explain(issue: z.core.$ZodIssue | undefined, keys: readonly string[]): string {
  if (keys.length === 0) return issue?.message ?? 'is not valid'
  return `unknown field; fields are ${Object.keys(evaluationFile.shape).join(', ')}`
}

function problem(path: string, line: number | undefined, message: string): AppError {
  const place = line === undefined ? basename(path) : `${basename(path)}:${line}`
  return new AppError('validation_failed', { message: `${place}: ${message}`, details: { file: path, line } })
}

/** The line of the deepest part of a path that is written in the file. */
function lineOf(document: Document, lines: LineCounter, place: readonly PropertyKey[]): number | undefined {
  for (let depth = place.length; depth > 0; depth--) {
    const parent = depth === 1 ? document.contents : document.getIn(place.slice(0, depth - 1), true)
    const key = place[depth - 1]
    const offset = isMap(parent)
      ? parent.items.find((pair) => String(pair.key) === String(key))?.key
      : isSeq(parent)
        ? parent.items[Number(key)]
        : undefined
    const start = rangeStart(offset)
    if (start !== undefined) return lines.linePos(start).line
  }
  return undefined
}

function rangeStart(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range))
    return undefined
  const [start] = node.range
  return typeof start === 'number' ? start : undefined
}
