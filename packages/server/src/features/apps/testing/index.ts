/** Parts for tests of apps and what builds on them: a small app folder, and indexes whose state the test decides. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { IndexVersion } from '@ratchet/contract'
import { indexVersionOf, type IndexSource } from '#features/retrieval'
import { makeBlobs, type Blobs } from '#platform/blobs/folder-blobs.ts'
import type { AppsParts } from '../index.ts'

/** A folder of texts as a push sends it. */
export function packTexts(
  texts: Readonly<Record<string, string>>,
): { path: string; contentBase64: string }[] {
  return Object.entries(texts).map(([path, text]) => ({
    path,
    contentBase64: Buffer.from(text).toString('base64'),
  }))
}

/** A working app with one prompt, one flow and one index of one document. */
export const sampleTexts: Readonly<Record<string, string>> = {
  'ratchet.yaml': `name: helper
description: Answers questions.
owner: docs-team
entry: flows/answer.flow.yaml
models:
  answer: offline/extractive
`,
  'prompts/answer.prompty': `---
name: answer
model:
  configuration:
    model: answer
inputs:
  question:
    type: string
  sources:
    type: string
---
system:
Answer from the sources.
{{ sources }}

user:
{{ question }}
`,
  'flows/answer.flow.yaml': `name: answer
inputs:
  question: { type: string, chat: true }
outputs:
  answer: \${answer.output}
answer: answer
nodes:
  - name: search
    type: retrieve
    index: docs
    query: \${inputs.question}
    top: 3
  - name: answer
    type: prompt
    prompt: ../prompts/answer.prompty
    inputs:
      question: \${inputs.question}
      sources: \${search.output.text}
`,
  'indexes/docs.index.yaml': `name: docs
source:
  folder: ../documents
  include: ['**/*.md']
chunk: { maxChars: 800, overlapChars: 80 }
embedding: offline/embedding
`,
  'documents/docs/guide.md': '# Guide\n\nThe gateway listens on port 4701.\n',
}

/** Index builds that finish, or do not, as the test says. */
export type TestIndexes = AppsParts['indexes'] & {
  readonly asked: IndexSource[]
  readonly set: (state: IndexVersion['state']) => void
}

/** `missing` until somebody asks for them, then in the state that was set last (`ready`). */
export function makeTestIndexes(): TestIndexes {
  const asked: IndexSource[] = []
  let state: IndexVersion['state'] = 'ready'
  const show = (source: IndexSource): IndexVersion => ({
    name: source.name,
    version: indexVersionOf(source.name, source.settings, source.documents),
    state,
    documents: source.documents.length,
    chunks: 7,
    embeddingModel: source.settings.embedding,
    createdAt: '2026-11-21T08:00:00.000Z',
  })
  return {
    asked,
    set: (next) => void (state = next),
    ensure: async (_, sources) => {
      asked.push(...sources)
      return sources.map(show)
    },
    states: async (_, pins) =>
      pins.map((pin) =>
        asked.map(show).find((each) => each.name === pin.name && each.version === pin.version),
      ),
  }
}

/** A blob store in a folder of its own; `remove` deletes it. */
export function makeTestBlobs(): { blobs: Blobs; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-blobs-'))
  return { blobs: makeBlobs(folder), remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** Stands in for the checker: reads `ratchet.yaml`, and takes the one index of the sample as it is. */
export const inspectSample: AppsParts['inspect'] = (files) => {
  const manifest = files.find((file) => file.path === 'ratchet.yaml')
  const text = manifest ? Buffer.from(manifest.content).toString('utf8') : ''
  const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(text)?.[1]
  const name = field('name')
  if (name === undefined) {
    const issue = {
      file: 'ratchet.yaml',
      line: 1,
      column: 1,
      message: 'The app has no name.',
      severity: 'error' as const,
    }
    return { app: undefined, issues: [issue] }
  }
  const hasIndex = files.some((file) => file.path.endsWith('.index.yaml'))
  const settings = { chunk: { maxChars: 800, overlapChars: 80 }, embedding: 'offline/embedding' }
  return {
    app: {
      name,
      description: field('description') ?? '',
      owner: field('owner') ?? '',
      entry: field('entry') ?? '',
      models: ['offline/extractive'],
      flows: [{ path: 'flows/answer.flow.yaml', nodes: [], edges: [] }],
      indexes: hasIndex ? [{ name: 'docs', settings }] : [],
    },
    issues:
      field('owner') === undefined
        ? [{ file: 'ratchet.yaml', message: 'No owner.', severity: 'warning' }]
        : [],
  }
}
