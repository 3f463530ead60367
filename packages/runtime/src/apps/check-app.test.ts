import { expect, test } from 'vitest'
import { exampleFolder, makeFolder } from '../testing/app-folder.ts'
import { checkApp, flowGraphs, indexConfigs, modelPins } from '../index.ts'

const flow = exampleFolder['flows/answer.flow.yaml'] ?? ''
const prompt = exampleFolder['prompts/answer.prompty'] ?? ''
const flowPath = 'flows/answer.flow.yaml'
const promptPath = 'prompts/answer.prompty'

/** The issues of the example with one file changed. */
function issuesOf(changes: Record<string, string | undefined>) {
  return checkApp(makeFolder(changes)).issues
}

/** The one error that a change causes. */
function errorOf(changes: Record<string, string | undefined>) {
  const errors = issuesOf(changes).filter((issue) => issue.severity === 'error')
  expect(errors).toHaveLength(1)
  return errors[0]!
}

test('a folder without errors is loaded and described', () => {
  const { app, issues } = checkApp(makeFolder())
  expect(issues).toEqual([])
  expect(modelPins(app!)).toEqual(['offline/embedding', 'offline/extractive'])
  expect(indexConfigs(app!)).toMatchObject([{ name: 'docs', chunk: { maxChars: 1200, overlapChars: 120 } }])
  expect(flowGraphs(app!)).toEqual([
    {
      path: flowPath,
      nodes: [
        { id: 'find', type: 'retrieve', detail: 'docs', inputs: ['query: ${inputs.question}'] },
        {
          id: 'answer',
          type: 'prompt',
          detail: promptPath,
          inputs: ['question: ${inputs.question}', 'passages: ${find.output.text}'],
        },
      ],
      edges: [{ from: 'find', to: 'answer' }],
    },
  ])
})

test('a folder without ratchet.yaml says how to make one', () => {
  expect(errorOf({ 'ratchet.yaml': undefined })).toMatchObject({
    file: 'ratchet.yaml',
    message: 'The app folder has no ratchet.yaml.',
    suggestion: 'Create one with: npx ratchet init',
  })
})

test('broken YAML is reported where it breaks', () => {
  expect(errorOf({ 'ratchet.yaml': 'name: example\nentry: [flows/answer.flow.yaml\n' })).toMatchObject({
    file: 'ratchet.yaml',
    line: 3,
    message: expect.stringContaining('Not valid YAML') as string,
  })
})

test('a text that no database holds is reported where it stands, however it is written', () => {
  for (const escape of ['\\0', '\\u0000', '\\ud800']) {
    const text = `${exampleFolder['ratchet.yaml']}description: "a ${escape} b"\n`
    expect(errorOf({ 'ratchet.yaml': text })).toMatchObject({
      line: 5,
      message: expect.stringContaining('cannot be stored') as string,
    })
  }
})

test('an unknown field of ratchet.yaml names the nearest known one', () => {
  const text = `${exampleFolder['ratchet.yaml']}evalutions: []\n`
  expect(errorOf({ 'ratchet.yaml': text })).toMatchObject({
    line: 5,
    column: 1,
    message: 'Unknown field "evalutions" in ratchet.yaml.',
    suggestion: 'Did you mean "evaluations"?',
  })
})

test('a name that is no slug, a wrong risk and a missing entry are each reported', () => {
  const issues = issuesOf({ 'ratchet.yaml': 'name: My App\nrisk: huge\n' })
  expect(issues.map((issue) => [issue.line, issue.message])).toEqual([
    [1, expect.stringContaining('"entry" is missing')],
    [1, expect.stringContaining('"name" in ratchet.yaml: use 1 to 64 lower-case letters')],
    [2, '"risk" in ratchet.yaml must be one of: minimal, limited, high.'],
  ])
})

test('an entry that does not exist suggests the file of that name', () => {
  const text = 'name: example\nentry: flow/answer.flow.yaml\nmodels: { answer: offline/extractive }\n'
  expect(errorOf({ 'ratchet.yaml': text })).toMatchObject({
    line: 2,
    column: 8,
    message: 'File "flow/answer.flow.yaml" does not exist (looked for flow/answer.flow.yaml).',
    suggestion: 'Did you mean "flows/answer.flow.yaml"?',
  })
})

test('a path that leaves the folder is refused', () => {
  expect(errorOf({ [flowPath]: flow.replace('../prompts', '../../../etc') }).message).toBe(
    '"../../../etc/answer.prompty" leads out of the app folder.',
  )
})

test('a cycle is shown with its way round', () => {
  const text = flow.replace('query: ${inputs.question}', 'query: ${answer.output}')
  expect(errorOf({ [flowPath]: text })).toMatchObject({
    file: flowPath,
    line: 13,
    message: 'Nodes wait for each other: "find" needs "answer" needs "find".',
    suggestion: 'Remove one of these references.',
  })
})

test('an unknown node in a node and in an output names the nearest', () => {
  expect(errorOf({ [flowPath]: flow.replace('${find.output.text}', '${fnd.output.text}') })).toMatchObject({
    line: 19,
    column: 17,
    message: 'Node "answer" refers to "fnd", which does not exist.',
    suggestion: 'Did you mean "find"?',
  })
  expect(errorOf({ [flowPath]: flow.replace('${answer.output}', '${anwser.output}') })).toMatchObject({
    line: 6,
    suggestion: 'Did you mean "answer"?',
  })
})

test('an unknown input names the nearest', () => {
  expect(
    errorOf({ [flowPath]: flow.replace('query: ${inputs.question}', 'query: ${inputs.qestion}') }),
  ).toMatchObject({
    line: 13,
    message: '"${inputs.qestion}" refers to an input that the flow does not declare.',
    suggestion: 'Did you mean "question"?',
  })
})

test('a reference that is none says how to write one', () => {
  expect(
    errorOf({ [flowPath]: flow.replace('query: ${inputs.question}', 'query: ${find.text}') }),
  ).toMatchObject({
    line: 13,
    message: '"${find.text}" is not a reference.',
    suggestion: 'Write ${find.output} for the result of a node, or ${inputs.find} for an input.',
  })
})

test('an input that the prompt needs and the node does not give is reported, with the misspelt one', () => {
  const issues = issuesOf({ [flowPath]: flow.replace('      passages:', '      pasages:') })
  expect(issues).toMatchObject([
    {
      line: 18,
      message: 'Node "answer" does not give the input "passages" of prompts/answer.prompty.',
      suggestion: 'Rename "pasages" to "passages".',
    },
    {
      line: 19,
      message: 'Node "answer" gives "pasages", which prompts/answer.prompty does not declare.',
      suggestion: 'Did you mean "passages"?',
    },
  ])
})

test('a prompt with an unknown variable is reported with its line and the nearest input', () => {
  expect(errorOf({ [promptPath]: prompt.replace('{{ question }}', '{{ qestion | trim }}') })).toMatchObject({
    file: promptPath,
    line: 17,
    message: 'The prompt uses the variable "qestion", which is not declared.',
    suggestion: 'Did you mean "question"?',
  })
})

test('names that a template defines itself are no unknown variables', () => {
  const body = [
    '{% set first = passages[:10] %}{% for m in chat_history if m.role == "user" %}{{ loop.index }}{{ m.content }}{% endfor %}',
    '{% macro say(text, mark="!") %}{{ text }}{{ mark }}{% endmacro %}{{ say(first) }}',
    '{% if other is defined %}x{% endif %}{{ question | default("?") }}',
  ].join('\n')
  expect(issuesOf({ [promptPath]: prompt.replace('{{ question }}', body) })).toEqual([])
})

test('a loop variable is unknown after its loop', () => {
  const text = prompt.replace(
    '{{ question }}',
    '{% for m in chat_history %}{{ m }}{% endfor %}\n{{ question }}\n{{ m }}',
  )
  expect(errorOf({ [promptPath]: text })).toMatchObject({
    line: 19,
    message: expect.stringContaining('"m"') as string,
  })
})

test('a template with a syntax error is reported with its line', () => {
  expect(errorOf({ [promptPath]: prompt.replace('{{ question }}', '{{ question') })).toMatchObject({
    line: 17,
    column: 1,
    message: '"{{" is never closed.',
  })
  expect(errorOf({ [promptPath]: prompt.replace('{{ question }}', '{% if question %}\nx') })).toMatchObject({
    line: 17,
    message: '{% if %} is never closed.',
    suggestion: 'Add {% endif %}.',
  })
  expect(errorOf({ [promptPath]: prompt.replace('{{ question }}', '{% include "x" %}') }).message).toContain(
    'not supported',
  )
})

test('front matter that is missing or has unknown fields is reported', () => {
  const issues = issuesOf({ [promptPath]: 'system:\nHi' })
  expect(issues[0]).toMatchObject({
    file: promptPath,
    line: 1,
    message: 'A prompt starts with front matter between two "---" lines.',
  })
  expect(errorOf({ [promptPath]: prompt.replace('parameters:', 'paramters:') })).toMatchObject({
    line: 6,
    message: 'Unknown field "paramters" in the front matter.',
    suggestion: 'Did you mean "parameters"?',
  })
  expect(errorOf({ [promptPath]: prompt.replace('passages: string', 'passages: strng') })).toMatchObject({
    line: 10,
  })
  const deep = prompt.replace('  passages: string', '  passages:\n    typ: string')
  expect(errorOf({ [promptPath]: deep })).toMatchObject({ line: 11, suggestion: 'Did you mean "type"?' })
})

test('a model that is no alias, and a prompt without any model, are reported', () => {
  expect(errorOf({ [promptPath]: prompt.replace('model: answer', 'model: anwser') })).toMatchObject({
    line: 5,
    message: 'Model "anwser" is not an alias of ratchet.yaml.',
    suggestion: 'Did you mean "answer"?',
  })
  expect(errorOf({ [promptPath]: prompt.replace('    model: answer', '    other: x') })).toMatchObject({
    file: flowPath,
    line: 14,
    message: 'Node "answer" has no model: neither the node nor prompts/answer.prompty names one.',
  })
})

test('an unknown index, prompt file and tool file are reported with the nearest', () => {
  expect(errorOf({ [flowPath]: flow.replace('index: docs', 'index: dcos') })).toMatchObject({
    line: 12,
    message: 'Index "dcos" does not exist.',
    suggestion: 'Did you mean "docs"?',
  })
  expect(errorOf({ [flowPath]: flow.replace('answer.prompty', 'anser.prompty') })).toMatchObject({
    line: 16,
    suggestion: 'Did you mean "prompts/answer.prompty"?',
  })
})

const toolFlow =
  `${flow}  - name: look\n    type: tool\n    tool: ../tools/look.ts\n    inputs: { word: '\${inputs.question}' }\n`.replace(
    'sources: ${find.output.sources}',
    'sources: ${look.output}',
  )

test('a tool must be there, parse, and export a default', () => {
  const withTool = (code: string | undefined) => ({ [flowPath]: toolFlow, 'tools/look.ts': code })
  expect(issuesOf(withTool('export default async (inputs: { word: string }) => inputs.word\n'))).toEqual([])
  expect(issuesOf(withTool('const f = () => 1\nexport { f as default }\n'))).toEqual([])
  expect(errorOf(withTool(undefined))).toMatchObject({
    file: flowPath,
    line: 22,
    message: expect.stringContaining('does not exist') as string,
  })
  expect(errorOf(withTool('// export default\nexport const x = "export default"\n'))).toMatchObject({
    file: 'tools/look.ts',
    line: 1,
    message: 'The tool has no default export.',
  })
  expect(errorOf(withTool('export default function (\n')).message).toContain('Syntax error')
  expect(errorOf(withTool('enum A { B }\nexport default () => A.B\n')).message).toContain(
    'Not supported in tools',
  )
})

test('two nodes of one name, an unknown type and a node without type are reported', () => {
  expect(
    errorOf({ [flowPath]: `${flow}  - name: find\n    type: retrieve\n    index: docs\n    query: x\n` }),
  ).toMatchObject({
    line: 20,
    message: 'Two nodes are named "find".',
  })
  expect(issuesOf({ [flowPath]: flow.replace('type: retrieve', 'type: retreive') })[0]).toMatchObject({
    line: 11,
    message: 'Node "find" has the unknown type "retreive".',
    suggestion: 'Did you mean "retrieve"?',
  })
  expect(issuesOf({ [flowPath]: flow.replace('    type: retrieve\n', '') })[0]).toMatchObject({
    message: 'Node "find" has no "type".',
  })
})

test('an answer that is no node, and a result that nothing uses, are reported', () => {
  expect(
    errorOf({ [flowPath]: flow.replace('answer: answer\nnodes', 'answer: anser\nnodes') }),
  ).toMatchObject({
    line: 8,
    message: '"answer" names the node "anser", which does not exist.',
    suggestion: 'Did you mean "answer"?',
  })
  const unused = `${flow}  - name: extra\n    type: retrieve\n    index: docs\n    query: x\n`
  const { app, issues } = checkApp(makeFolder({ [flowPath]: unused }))
  expect(app?.manifest.name).toBe('example')
  expect(issues).toMatchObject([
    { severity: 'warning', line: 20, message: 'Nothing uses the result of node "extra".' },
  ])
})

test('a condition that cannot be read is reported with what is wrong in it', () => {
  const text = flow.replace('    index: docs', '    when: ${inputs.question} = 1\n    index: docs')
  expect(errorOf({ [flowPath]: text })).toMatchObject({
    line: 12,
    message: expect.stringContaining('has "=" at character 20') as string,
  })
  const bare = flow.replace('    index: docs', '    when: ${inputs.question} == yes\n    index: docs')
  expect(errorOf({ [flowPath]: bare }).suggestion).toContain('Write "yes" in quotes')
})

test('two indexes of one name and an overlap that is too long are reported', () => {
  const index = exampleFolder['indexes/docs.index.yaml'] ?? ''
  expect(errorOf({ 'indexes/other.index.yaml': index }).message).toBe(
    'Index "docs" is also defined in indexes/docs.index.yaml.',
  )
  const chunk = `${index}chunk:\n  maxChars: 200\n  overlapChars: 300\n`
  expect(errorOf({ 'indexes/docs.index.yaml': chunk })).toMatchObject({ line: 6, column: 17 })
})

test('documents of an index are never read as assets', () => {
  expect(
    issuesOf({ 'documents/docs/bad.flow.yaml': 'nodes: [', 'documents/docs/x.prompty': 'nothing' }),
  ).toEqual([])
})
