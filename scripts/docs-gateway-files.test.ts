import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkConfig } from '@ratchet/core/gateway-config'
import { expect, test } from 'vitest'
import { readGatewayFile } from '../packages/server/src/features/gateway-config/read-gateway-file.ts'
import { printProviders } from './print-providers.ts'

const root = new URL('..', import.meta.url).pathname
const read = (page: string): string => readFileSync(join(root, page), 'utf8')

const files = globSync('docs/**/*.md', { cwd: root })
  .toSorted()
  .flatMap((page) =>
    [...read(page).matchAll(/```yaml\n(# gateway\.yaml\n[\s\S]*?)```/g)].map(
      ([, text = ''], index) => [`${page}, file ${index + 1}`, text] as const,
    ),
  )

test('the pages have gateway files to look at', () => {
  expect(files.length).toBeGreaterThan(15)
})

test.each(files)('%s has the right form and fits together', (_, text) => {
  const { file, problems } = readGatewayFile('gateway.yaml', text)
  expect(problems).toEqual([])
  if (file === undefined) return
  const { connections, ...config } = file
  // A piece of a file names connections that another piece describes.
  const named = [...text.matchAll(/\b([a-z][a-z0-9-]*)\/[\w.*:-]+/g)].map((match) => match[1] ?? '')
  const known =
    connections.length > 0
      ? ['offline', ...connections.map(({ name }) => name)]
      : [...new Set([...named, 'openai'])]
  const facts = {
    connections: known.map((name) => ({ name, provider: undefined, models: [] })),
    environments: ['development', 'staging', 'production'],
    apps: ['docs-assistant'],
  }
  expect(checkConfig(config, facts).filter(({ severity }) => severity === 'error')).toEqual([])
})

test('the table of providers is that of the program', () => {
  const [, table] =
    /<!-- providers: [^>]+-->\n([\s\S]*?)\n<!-- \/providers -->/.exec(read('docs/connections.md')) ?? []
  expect(table).toBe(printProviders())
})
