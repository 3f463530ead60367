import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exampleFolder, makeFolder } from '../testing/app-folder.ts'
import { processorMs } from '../testing/processor-ms.ts'
import { checkApp } from './check-app.ts'

const prompt = exampleFolder['prompts/answer.prompty'] ?? ''
const flowPath = 'flows/answer.flow.yaml'
const promptPath = 'prompts/answer.prompty'
const toolFlow = 'nodes:\n  - name: look\n    type: tool\n    tool: ../tools/look.ts\n'
const issuesOf = (changes: Record<string, string | undefined>) => checkApp(makeFolder(changes)).issues

test('any files at all give issues, never a crash', () => {
  const texts = [
    '',
    '---',
    '---\n---\n',
    'nodes: []',
    'nodes: [1]',
    '- a',
    'null',
    '&a [*a]',
    '{{',
    '\u0000',
    'name: {a: 1}\nentry: 5',
    '!!js/function x: 1',
  ]
  for (const path of ['ratchet.yaml', flowPath, promptPath, 'indexes/docs.index.yaml']) {
    for (const text of texts) expect(() => issuesOf({ [path]: text }), `${path}: ${text}`).not.toThrow()
  }
})

test('no change of a folder makes the check crash', () => {
  const lines = Object.entries(exampleFolder).flatMap(([path, text]) =>
    text.split('\n').map((_, at) => ({ path, at })),
  )
  const piece = fc.constantFrom(
    '',
    '- a',
    'x: 1',
    '  ',
    '{{',
    '%}',
    '${',
    '${a.output}',
    '[',
    '&a *a',
    ': :',
    'nodes:',
    '---',
    'null',
    '\t',
    '🙂',
    '{% for',
    '"',
  )
  fc.assert(
    fc.property(fc.constantFrom(...lines), piece, fc.boolean(), ({ path, at }, text, isAdded) => {
      const changed = (exampleFolder[path] ?? '').split('\n')
      changed.splice(at, isAdded ? 0 : 1, text)
      const { app, issues } = checkApp(makeFolder({ [path]: changed.join('\n') }))
      expect(app === undefined).toBe(issues.some((issue) => issue.severity === 'error'))
    }),
    { numRuns: 400 },
  )
})

test('hostile files are refused quickly', () => {
  const deep = '['.repeat(100_000)
  const hostile: Record<string, string>[] = [
    { 'ratchet.yaml': deep },
    { [flowPath]: `${'a: {'.repeat(20_000)}` },
    {
      [flowPath]: `a: &a [x]\n${Array.from({ length: 30 }, (_, at) => `b${at}: &b${at} [*${at === 0 ? 'a' : `b${at - 1}`}, *${at === 0 ? 'a' : `b${at - 1}`}]`).join('\n')}`,
    },
    { [promptPath]: prompt.replace('{{ question }}', `{{ ${'('.repeat(50_000)} }}`) },
    { [promptPath]: prompt.replace('{{ question }}', ' '.repeat(200_000)) },
    { [promptPath]: prompt.replace('{{ question }}', 'x'.repeat(300_000)) },
    { [promptPath]: prompt.replace('{{ question }}', '{{ x }}'.repeat(30_000)) },
    { [promptPath]: 'x'.repeat(1024 * 1024 + 1) },
    { [flowPath]: toolFlow, 'tools/look.ts': '/*'.repeat(300_000) },
    { [flowPath]: toolFlow, 'tools/look.ts': '`'.repeat(300_001) },
  ]
  for (const changes of hostile) {
    const startMs = processorMs()
    expect(issuesOf(changes).length, Object.keys(changes).join()).toBeGreaterThan(0)
    expect(processorMs() - startMs, Object.keys(changes).join()).toBeLessThan(3_000)
  }
})
