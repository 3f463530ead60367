import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isCancel, select } from '@clack/prompts'
import { AppError } from '@ratchet/contract'
import { Option, type Command } from 'commander'
import { exitCodes } from '../print-failure.ts'
import { act, addVerb, type Program, type Run } from '../verb.ts'

const templates = {
  chat: 'a chat with a system prompt',
  rag: 'answers from your own Markdown pages, with citations',
  extract: 'fields from text, as JSON',
} as const
type Template = keyof typeof templates

const templateNames = ['chat', 'rag', 'extract'] as const
const templateFolder = fileURLToPath(new URL('../../templates', import.meta.url))

export function addInit(parent: Command, program: Program): void {
  addVerb(parent, 'init [folder]', {
    summary: 'Write a working app to start from',
    examples: ['init support-bot --template rag', 'init invoices --template extract', 'init'],
  })
    .addOption(
      new Option(
        '-t, --template <template>',
        Object.entries(templates)
          .map(([name, text]) => `${name}: ${text}`)
          .join('; '),
      ).choices(templateNames),
    )
    .action(act(program, init))
}

async function init(run: Run, folder: string | undefined, options: { template?: Template }): Promise<number> {
  const { io, output } = run
  const template = options.template ?? (await askTemplate(run))
  if (template === undefined) return exitCodes.interrupted
  const target = resolve(io.folder, folder ?? `my-${template}`)
  const name = appName(target)
  await requireEmpty(target)
  await mkdir(target, { recursive: true })
  await cp(join(templateFolder, template), target, { recursive: true })
  const files = await renameApp(target, template, name)
  const shown = relative(io.folder, target) || '.'
  const next = [
    `ratchet run ${shown} ${template === 'extract' ? '--input text="Invoice 7 from Acme, total 120 EUR"' : '--message "What can you do?"'}`,
    `ratchet eval ${join(shown, 'evaluations', 'quality.eval.yaml')}`,
    `ratchet push ${shown} && ratchet deploy ${name}`,
  ]
  output.result({ app: name, folder: target, template, files, next }, () =>
    [
      `Wrote ${output.paint.bold(name)} (${templates[template]}) to ${shown}. Next:`,
      ...next.map((line) => `  $ ${line}`),
    ].join('\n'),
  )
  return exitCodes.ok
}

async function askTemplate({ io, output }: Run): Promise<Template | undefined> {
  if (!io.canAsk || output.isJson) return 'chat'
  const answer = await select({
    message: 'What should the app do?',
    options: templateNames.map((value) => ({ value, label: value, hint: templates[value] })),
  })
  return isCancel(answer) ? undefined : answer
}

function appName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z0-9]+/gu, '-')
    .replace(/^-+|-+$/gu, '')
    .slice(0, 64)
  if (name !== '') return name
  throw new AppError('validation_failed', {
    message: `"${folder}" gives no app name. Name a folder with letters or digits, as in: ratchet init my-app`,
    details: { folder },
  })
}

async function requireEmpty(folder: string): Promise<void> {
  const entries = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  if (entries.filter((name) => name !== '.git').length === 0) return
  throw new AppError('conflict', {
    message: `"${folder}" is not empty (${entries.slice(0, 3).join(', ')}${entries.length > 3 ? ', …' : ''}). Choose a new folder; nothing was written.`,
    details: { folder },
  })
}

/** The template's own name stands in its manifest and README; the folder's name takes its place. */
async function renameApp(folder: string, template: Template, name: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  for (const path of paths) {
    const text = await readFile(path, 'utf8')
    const renamed = text.replaceAll(`${template}-template`, name)
    if (renamed !== text) await writeFile(path, renamed)
  }
  return paths.map((path) => relative(folder, path)).toSorted()
}
