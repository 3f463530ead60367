import { execFile } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { allRoutes } from '@ratchet/contract'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { evaluatorNames } from '../packages/core/src/evaluators/index.ts'
import { runTestCli } from '../packages/cli/src/testing/test-io.ts'
import { queryFieldNames } from '../packages/server/src/features/traces/query/query-fields.ts'
import { bootstrapKey, startRatchet, type RunningRatchet } from './support/start-ratchet.ts'

const run = promisify(execFile)
const root = new URL('..', import.meta.url).pathname
const cliMain = `${root}packages/cli/src/main.ts`
const pages = globSync(
  [
    'docs/**/*.md',
    'README.md',
    'CONTRIBUTING.md',
    'packages/cli/templates/*/README.md',
    'examples/*/README.md',
  ],
  { cwd: root },
).toSorted()
const read = (page: string): string => readFileSync(join(root, page), 'utf8')

/** Heading ids as GitHub makes them. */
function anchors(text: string): Set<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map((match) => match[1] ?? '')
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

describe.each(pages)('%s', (page) => {
  test('links only to what exists', () => {
    const broken: string[] = []
    for (const [, target = ''] of read(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^(https?:|mailto:)/.test(target)) continue
      const [path = '', anchor] = target.split('#')
      const file = path === '' ? join(root, page) : resolve(root, dirname(page), path)
      const isBroken =
        !existsSync(file) || (anchor !== undefined && !anchors(readFileSync(file, 'utf8')).has(anchor))
      if (isBroken) broken.push(target)
    }
    expect(broken).toEqual([])
  })
})

describe('reference pages are complete', () => {
  test('every page is reached from the index', () => {
    const index = read('docs/index.md')
    const missing = globSync('docs/*.md', { cwd: root })
      .map((page) => page.slice('docs/'.length))
      .filter((page) => page !== 'index.md' && !index.includes(`](${page})`))
    expect(missing).toEqual([])
  })

  test('the API page names every route with its permission', () => {
    const api = read('docs/api.md')
    const missing = allRoutes
      .map(({ method, path, permission }) => `| \`${method} ${path}\` | \`${permission}\` |`)
      .filter((row) => !api.includes(row))
    expect(missing).toEqual([])
  })

  test('the evaluations page names every evaluator', () => {
    const page = read('docs/evaluations.md')
    expect(evaluatorNames.filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([])
  })

  test('the tracing page names every field of a query', () => {
    const page = read('docs/tracing.md')
    const missing = queryFieldNames.filter((name) => !new RegExp(`\`${name}[:<>]`).test(page))
    expect(missing).toEqual([])
  })

  test('the CLI page names every command and every option', async () => {
    const page = read('docs/cli.md')
    const missing: string[] = []
    const shared = new Set(['--json', '--help', '--data', '--project', '--version'])
    const walk = async (words: readonly string[]): Promise<void> => {
      const { stdout } = await runTestCli([...words, '--help'])
      const names = [...stdout.matchAll(/^ {2}([a-z]+)(?: \[| <| {2})/gm)].map((match) => match[1] ?? '')
      const inner = /Commands:/.test(stdout) || words.length === 0 ? names : []
      for (const name of inner.filter((each) => each !== 'help' && each !== 'ratchet')) {
        await walk([...words, name])
      }
      const [noun = '', verb] = words
      if (
        inner.length === 0 &&
        !page.includes(`\`${words.join(' ')}`) &&
        !page.includes(`\`${verb ?? noun}\``)
      )
        missing.push(words.join(' '))
      const options = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map((match) => match[1] ?? '')
      for (const option of options)
        if (!shared.has(option) && !page.includes(option)) missing.push(`${words.join(' ')} ${option}`)
    }
    await walk([])
    expect(missing).toEqual([])
  })
})

/** `npx ratchet` and `curl` lines of shell blocks, except in blocks under a comment `<!-- not run: why -->`. */
function commandsOf(page: string): string[] {
  const blocks = [...read(page).matchAll(/(<!-- not run: [^>]+ -->\n)?```sh\n([\s\S]*?)```/g)]
  return blocks
    .filter(([, notRun]) => notRun === undefined)
    .flatMap(([, , body = '']) => body.replaceAll('\\\n', ' ').split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').trim())
    .filter((line) => /^(?:npx ratchet|curl) /.test(line))
}

/** A command is ended after so long, and may then say that all was well. */
const timeoutMs = 120_000

describe('the commands of the docs', () => {
  let ratchet: RunningRatchet
  let folder: string

  beforeAll(async () => {
    ratchet = await startRatchet()
    folder = mkdtempSync(join(tmpdir(), 'ratchet-docs-'))
  })
  afterAll(async () => {
    await ratchet.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  async function expectToWork(command: string, inFolder: string): Promise<void> {
    const shell = command
      .replaceAll('npx ratchet ', `"${process.execPath}" "${cliMain}" `)
      .replaceAll('http://127.0.0.1:4700/', `${ratchet.url}/`)
      .replaceAll('http://127.0.0.1:4701/', `${ratchet.gatewayUrl}/`)
      .replace(/^curl /, 'curl -sS --fail-with-body ')
    const startedMs = performance.now()
    const result = await run('bash', ['-c', shell], {
      cwd: join(folder, inFolder),
      timeout: timeoutMs,
      env: {
        ...process.env,
        NO_COLOR: '1',
        RATCHET_URL: ratchet.url,
        RATCHET_KEY: bootstrapKey,
        OPENAI_API_KEY: 'sk-not-a-real-key',
      },
    }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    )
    expect(performance.now() - startedMs, `${command} did not end by itself`).toBeLessThan(timeoutMs)
    expect(result, `${result.stdout}${result.stderr}`).toMatchObject({ code: 0 })
    expect(`${result.stdout}${result.stderr}`.trim()).not.toBe('')
  }

  // The quickstart comes first: it makes the app that the other pages use.
  const inOrder = [
    'docs/quickstart.md',
    ...pages.filter((page) => page.startsWith('docs/') && page !== 'docs/quickstart.md'),
  ]
  test.each(inOrder.flatMap((page) => commandsOf(page).map((command) => [page, command] as const)))(
    '%s: %s',
    async (_, command) => expectToWork(command, '.'),
  )

  test.each(['chat', 'rag', 'extract'])(
    'the README of the %s template',
    async (template) => {
      await expectToWork(`npx ratchet init ${template}-template --template ${template}`, '.')
      const commands = commandsOf(`packages/cli/templates/${template}/README.md`)
      expect(commands.length).toBeGreaterThan(2)
      for (const command of commands) await expectToWork(command, `${template}-template`)
    },
    600_000,
  )
})
