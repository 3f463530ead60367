import type { AppFile } from '../apps/app-files.ts'
import { loadApp } from '../apps/load-app.ts'
import type { LoadedApp } from '../apps/loaded-app.ts'

/** A small app without errors: retrieve, then answer. */
export const exampleFolder: Readonly<Record<string, string>> = {
  'ratchet.yaml': 'name: example\nentry: flows/answer.flow.yaml\nmodels:\n  answer: offline/extractive\n',
  'flows/answer.flow.yaml': [
    'inputs:',
    '  question:',
    '    type: string',
    '    chat: true',
    'outputs:',
    '  answer: ${answer.output}',
    '  sources: ${find.output.sources}',
    'answer: answer',
    'nodes:',
    '  - name: find',
    '    type: retrieve',
    '    index: docs',
    '    query: ${inputs.question}',
    '  - name: answer',
    '    type: prompt',
    '    prompt: ../prompts/answer.prompty',
    '    inputs:',
    '      question: ${inputs.question}',
    '      passages: ${find.output.text}',
    '',
  ].join('\n'),
  'prompts/answer.prompty': [
    '---',
    'name: answer',
    'model:',
    '  configuration:',
    '    model: answer',
    '  parameters:',
    '    temperature: 0',
    'inputs:',
    '  question: string',
    '  passages: string',
    '---',
    'system:',
    'Answer from these passages only.',
    '{{ passages }}',
    '',
    'user:',
    '{{ question }}',
    '',
  ].join('\n'),
  'indexes/docs.index.yaml': 'name: docs\nsource:\n  folder: ../docs\n',
}

/** The example with some files replaced or added; `undefined` removes one. */
export function makeFolder(changes: Readonly<Record<string, string | undefined>> = {}): AppFile[] {
  return Object.entries({ ...exampleFolder, ...changes }).flatMap(([path, text]) =>
    text === undefined ? [] : [{ path, content: new TextEncoder().encode(text) }],
  )
}

/** The example loaded. */
export function loadFolder(changes: Readonly<Record<string, string | undefined>> = {}): LoadedApp {
  return loadApp(makeFolder(changes))
}
