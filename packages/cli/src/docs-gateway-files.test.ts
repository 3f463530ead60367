import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gatewayConfig } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { parse } from 'yaml'

const root = new URL('../../..', import.meta.url).pathname

/** Blocks of the docs that begin with the comment `# gateway.yaml`. */
const files = globSync('docs/*.md', { cwd: root }).flatMap((page) =>
  [...readFileSync(join(root, page), 'utf8').matchAll(/```yaml\n(# gateway\.yaml\n[\s\S]*?)```/g)].map(
    ([, text = ''], index) => ({ name: `${page} ${index + 1}`, text }),
  ),
)

test('the docs have recipes', () => {
  expect(files.length).toBeGreaterThan(8)
})

test.each(files)('$name can be applied as it stands', ({ text }) => {
  expect(() => gatewayConfig.parse(parse(text))).not.toThrow()
})
