import type { App, Deployment, FlowGraph, Release, ReleaseFile } from '@ratchet/contract'
import { fakeHex, fakeUuid, minutesBefore } from './fake-ids.ts'

/** Release `r<number>` of an app. */
export function fakeRelease(number: number, now: Date, app = 'docs-assistant'): Release {
  return {
    id: fakeUuid(900 + number),
    app,
    label: `r${String(number)}`,
    digest: fakeHex(number + 300, 64),
    draft: false,
    description: number === 3 ? 'Cite passages by number; ask for sources only' : 'Answer from five passages',
    git: { commit: fakeHex(number + 12, 40), branch: 'main', dirty: number === 2 },
    author: 'ada',
    createdAt: minutesBefore(now, 4000 - number * 300),
    entry: 'flows/answer.flow.yaml',
    fileCount: 9,
    indexes: [{ name: 'docs', version: fakeHex(77, 64), state: 'ready', chunks: 214 }],
    models: ['offline/extractive'],
  }
}

export function fakeDeployment(release: Release, environment: string, now: Date): Deployment {
  return {
    id: fakeUuid(40 + release.app.length + environment.length),
    app: release.app,
    environment,
    state: 'live',
    arms: [{ name: 'main', release: release.id, label: release.label, digest: release.digest, weight: 100 }],
    deployedBy: 'ada',
    deployedAt: minutesBefore(now, 55),
  }
}

export function fakeApps(now: Date): App[] {
  const latest = fakeRelease(3, now)
  const other = fakeRelease(12, now, 'contract-extractor')
  return [
    {
      name: 'docs-assistant',
      description: "Answers questions about Ratchet from Ratchet's own documentation.",
      owner: 'ratchet',
      createdAt: minutesBefore(now, 9000),
      latestRelease: latest,
      deployments: [
        fakeDeployment(latest, 'development', now),
        fakeDeployment(fakeRelease(2, now), 'production', now),
      ],
    },
    {
      name: 'contract-extractor',
      description:
        'Reads supplier contracts and returns parties, dates, amounts and termination clauses as JSON.',
      owner: 'legal-operations',
      createdAt: minutesBefore(now, 30_000),
      latestRelease: other,
      deployments: [],
    },
  ]
}

export const fakeFlow: FlowGraph = {
  path: 'flows/answer.flow.yaml',
  nodes: [
    { id: 'find', type: 'retrieve', detail: 'docs, top 5, hybrid', inputs: ['inputs.question'] },
    { id: 'rewrite', type: 'prompt', detail: 'prompts/rewrite.prompty', inputs: ['inputs.question'] },
    { id: 'check', type: 'guard', detail: 'default', inputs: ['find.output'] },
    {
      id: 'answer',
      type: 'prompt',
      detail: 'prompts/answer.prompty',
      inputs: ['rewrite.output', 'find.output'],
    },
  ],
  edges: [
    { from: 'find', to: 'check' },
    { from: 'rewrite', to: 'answer' },
    { from: 'check', to: 'answer' },
  ],
}

const paths = [
  ['ratchet.yaml', 'manifest'],
  ['prompts/answer.prompty', 'prompt'],
  ['flows/answer.flow.yaml', 'flow'],
  ['indexes/docs.index.yaml', 'index'],
  ['datasets/golden.jsonl', 'dataset'],
  ['evaluations/quality.eval.yaml', 'evaluation'],
  ['tools/dates.ts', 'tool'],
  ['docs/install.md', 'document'],
  ['docs/gateway.md', 'document'],
] as const

export const fakeFiles: ReleaseFile[] = paths.map(([path, kind], index) => ({
  path,
  kind,
  digest: fakeHex(index + 3000, 64),
  sizeBytes: 320 + index * 971,
}))

export const fakeFileText: Readonly<Record<string, string>> = {
  'ratchet.yaml': `name: docs-assistant
description: Answers questions about Ratchet from Ratchet's own documentation.
owner: ratchet
risk: minimal
entry: flows/answer.flow.yaml
models:
  answer: offline/extractive
evaluations:
  - evaluations/quality.eval.yaml
`,
  'prompts/answer.prompty': `---
name: answer
description: Answers from passages only and cites them.
model:
  api: chat
  configuration:
    model: answer
---
system:
You answer questions about Ratchet, an LLMOps platform.
Use only the passages below. Cite each passage you use with its number, like [1].

Passages:
{{ passages }}

user:
{{ question }}
`,
}
