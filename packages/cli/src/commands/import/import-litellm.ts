import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { leanConfig, AppError } from '@ratchet/contract'
import type { Command } from 'commander'
import { parseDocument, stringify } from 'yaml'
import { leanConnections } from '../../gateway-file/lean-connections.ts'
import type { Outcome, ReportLine } from '../../litellm/import-report.ts'
import { translateConfig, type Translation } from '../../litellm/translate-config.ts'
import type { Paint } from '../../render/paint.ts'
import { act, addNoun, addVerb, type Program, type Run } from '../../verb.ts'

type Options = { out?: string; force?: boolean }

export function addImport(parent: Command, program: Program): void {
  addVerb(addNoun(parent, 'import', 'Bring what you have'), 'litellm <config>', {
    summary: "Translate config.yaml of LiteLLM's proxy into a gateway file",
    description:
      "Translates config.yaml of LiteLLM's proxy into a gateway file, and says of every setting what became of it. Keys are\n" +
      'not copied: the file names the environment variables that hold them. Needs no server.',
    examples: [
      'import litellm config.yaml',
      'import litellm config.yaml --out gateway.yaml',
      'ratchet apply -f gateway.yaml --plan',
    ],
  })
    .option('-o, --out <path>', 'write the gateway file here instead of printing it')
    .option('--force', 'replace a file that is there')
    .action(act(program, importLiteLlm))
}

async function importLiteLlm(run: Run, path: string, options: Options): Promise<void> {
  const { output, io } = run
  const translation = translateConfig(await readYaml(run, path), io.environment)
  const text = printFile(translation, path, options.out ?? 'gateway.yaml')
  if (options.out !== undefined) await write(run, options.out, text, options.force ?? false)
  const { report, file } = translation
  const document = { out: options.out, file, yaml: text, report }
  const summary = renderReport(report, output.paint)
  if (options.out === undefined) {
    if (!output.isJson) output.note(summary)
    output.result(document, () => text)
    return
  }
  output.result(
    document,
    () =>
      `${summary}\nWrote ${options.out}. See what it would change: ratchet apply -f ${options.out} --plan`,
  )
}

async function readYaml({ io }: Run, path: string): Promise<unknown> {
  const text = path === '-' ? await io.readStdin() : await readFile(resolve(io.folder, path), 'utf8')
  const document = parseDocument(text, { prettyErrors: true })
  const [problem] = document.errors
  if (problem === undefined) return document.toJS({ maxAliasCount: 100 })
  const place = problem.linePos?.[0]
  throw new AppError('validation_failed', {
    message: `${path} is not valid YAML.`,
    details: {
      issues: [
        {
          file: path,
          ...(place === undefined ? {} : { line: place.line, column: place.col }),
          message: problem.message.split('\n')[0] ?? '',
          severity: 'error',
        },
      ],
    },
  })
}

async function write({ io }: Run, path: string, text: string, isForced: boolean): Promise<void> {
  try {
    await writeFile(resolve(io.folder, path), text, { flag: isForced ? 'w' : 'wx' })
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'EEXIST') throw error
    throw new AppError('conflict', {
      message: `"${path}" is there already. Choose another name, or replace it with --force.`,
      details: { path },
      cause: error,
    })
  }
}

function printFile({ file, report }: Translation, from: string, to: string): string {
  const { connections, ...config } = file
  const tasks = report.filter(({ outcome }) => outcome === 'to-do')
  const head = [
    `# Translated from ${from}. Apply it with: ratchet apply -f ${to}`,
    ...tasks.map(({ path, message }) => `# To do: ${path}: ${message}`),
  ]
  const lean = { connections: leanConnections(connections), ...leanConfig(config) }
  return `${head.join('\n')}\n${stringify(lean, { lineWidth: 110 })}`
}

const titles: Readonly<Record<Outcome, string>> = {
  'to-do': 'To do',
  'left-out': 'Left out',
  adapted: 'Means nearly the same',
  translated: 'Translated',
}

function renderReport(report: readonly ReportLine[], paint: Paint): string {
  return (Object.keys(titles) as Outcome[])
    .flatMap((outcome) => {
      const lines = report.filter((line) => line.outcome === outcome)
      if (lines.length === 0) return []
      return [
        paint.bold(`${titles[outcome]} (${lines.length})`),
        ...lines.map(({ path, message }) => `  ${path}: ${message}`),
      ]
    })
    .join('\n')
}
