import fc from 'fast-check'
import { expect, test } from 'vitest'
import { chunkMarkdown } from './chunk-markdown.ts'

const size = { maxChars: 120, overlapChars: 40, path: 'docs/install.md' }
const chunk = (source: string, more: object = {}) => chunkMarkdown(source, { ...size, ...more })

test('chunks carry the title and the path of headings above them, and headings are not repeated as text', () => {
  const source = '# Install\n\nShort.\n\n## Linux\n\n### Debian\n\nUse apt.\n\n## Windows\n\nUse WSL.\n'
  expect(chunk(source).map(({ title, heading, text }) => [title, heading, text])).toEqual([
    ['Install', '', 'Short.'],
    ['Install', 'Linux > Debian', 'Use apt.'],
    ['Install', 'Windows', 'Use WSL.'],
  ])
})

test('the title comes from front matter, else the first heading, else the file name', () => {
  expect(chunk('---\ntitle: "The Guide"\n---\n# Other\n\nx\n')[0]).toMatchObject({
    title: 'The Guide',
    text: 'x',
  })
  expect(chunk('Only text.')[0]).toMatchObject({ title: 'install' })
})

test('a fenced code block that fits stays whole, with the paragraph before it when both fit', () => {
  const code = `\`\`\`sh\n${'echo one two three\n'.repeat(5)}\`\`\``
  const source = `# T\n\n${'A sentence of words. '.repeat(5)}\n\n${code}\n\nAfter.\n`
  const chunks = chunk(source)
  expect(chunks.filter(({ text }) => text.includes('```'))).toHaveLength(1)
  expect(chunks.find(({ text }) => text.includes('```'))?.text).toContain(code)
  expect(chunk(`# T\n\nRun:\n\n\`\`\`sh\nnpm start\n\`\`\`\n`)).toHaveLength(1)
})

test('a code block longer than a chunk is cut at line ends', () => {
  const source = `\`\`\`\n${Array.from({ length: 20 }, (_, line) => `line number ${line}`).join('\n')}\n\`\`\`\n`
  for (const { text } of chunk(source)) expect(text.trimEnd()).toMatch(/(```|line number \d+)$/)
})

test('neighbours in a section share their last sentences, neighbours across headings do not', () => {
  const source = `## A\n\n${'x'.repeat(70)}. Shared end here.\n\n${'y'.repeat(60)}.\n\n## B\n\nNew.\n`
  const chunks = chunk(source)
  expect(chunks[1]?.text.startsWith('Shared end here.')).toBe(true)
  expect(chunks.at(-1)?.text).toBe('New.')
})

test('tables and lists are found, empty documents give nothing', () => {
  expect(chunk('| a | b |\n|---|---|\n| 1 | 2 |\n')[0]?.text).toContain('| 1 | 2 |')
  expect(chunk('- one\n- two\n')[0]?.text).toBe('- one\n- two')
  expect(chunk('')).toEqual([])
  expect(chunk('# Only a heading\n')).toEqual([])
})

const block = fc.constantFrom(
  '# One',
  '## Two',
  'A paragraph. With two sentences.',
  '```js\nlet a = 1\nlet b = 2\n```',
  '- item one\n- item two',
  '| a | b |\n|---|---|\n| 1 | 2 |',
  'word '.repeat(60),
  '> quoted\n> lines',
  '---',
  '[ref]: https://example.org',
  'ünïcödé 😀 text 。次の文。',
)

test('chunks are slices of the source within the limit, in order, and lose no word of the body', () => {
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), fc.integer({ min: 40, max: 400 }), (blocks, maxChars) => {
      const source = blocks.join('\n\n')
      const chunks = chunk(source, { maxChars, overlapChars: Math.floor(maxChars / 4) })
      let start = -1
      const covered = new Set<number>()
      for (const each of chunks) {
        expect(each.text).toBe(source.slice(each.start, each.end))
        expect(each.text.length).toBeLessThanOrEqual(maxChars)
        expect(each.start).toBeGreaterThan(start)
        start = each.start
        for (let at = each.start; at < each.end; at++) covered.add(at)
      }
      const lost = [...source.matchAll(/\S+/g)].filter(
        (word) => !covered.has(word.index) && !/^(#|One|Two|---|\[ref\]|https)/.test(word[0]),
      )
      expect(lost.map((word) => word[0])).toEqual([])
    }),
    { numRuns: 200 },
  )
})
