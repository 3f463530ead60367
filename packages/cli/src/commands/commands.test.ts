import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { scopeSets } from '@ratchet/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startFakeApi, type FakeApi } from '../testing/fake-api.ts'
import { runTestCli } from '../testing/test-io.ts'

let folder: string
let api: FakeApi | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-cli-'))
})
afterEach(async () => {
  await api?.stop()
  api = undefined
  rmSync(folder, { recursive: true, force: true })
})

const id = '01900000-0000-7000-8000-000000000002'
const at = '2026-11-21T12:00:00.000Z'
const digest = 'd'.repeat(64)

async function cli(args: string[], handlers: Parameters<typeof startFakeApi>[0], stdin?: string) {
  api = await startFakeApi(handlers)
  const environment = { RATCHET_URL: api.url, RATCHET_KEY: 'rk_test_0123456789abcdef' }
  return runTestCli(args, { environment, folder, ...(stdin === undefined ? {} : { stdin }) })
}

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
}

const usage = { inputTokens: 12, outputTokens: 3 }
const events = [
  { type: 'started', traceId: 'a'.repeat(32), model: 'app/docs' },
  { type: 'node', name: 'find', result: { status: 'completed', output: { n: 1 }, durationMs: 2 } },
  { type: 'text', text: 'On ' },
  { type: 'text', text: '4701.' },
  {
    type: 'finished',
    text: 'On 4701.',
    outputs: { answer: 'On 4701.' },
    usage,
    costNano: 0,
    finishReason: 'stop',
    durationMs: 41,
  },
]

test('run streams the text of a deployed app and puts the figures on stderr', async () => {
  const result = await cli(
    ['run', 'docs', '-m', '-', '-i', 'top:=2'],
    { 'POST /api/v1/invocations': () => ({ events }) },
    'Which port?',
  )
  expect(result).toMatchObject({ code: 0, stdout: 'On 4701.\n' })
  expect(result.stderr).toContain('1 step · 12 → 3 tokens · $0 · 41 ms · trace aaaa')
  expect(api?.calls.at(-1)).toMatchObject({
    key: 'rk_test_0123456789abcdef',
    body: { model: 'app/docs', messages: [{ role: 'user', content: 'Which port?' }], inputs: { top: 2 } },
  })
})

test('run --json prints one document; a failed run exits with 1', async () => {
  const done = await cli(['run', 'offline/extractive', '-m', 'hi', '--json'], {
    'POST /api/v1/invocations': () => ({ events }),
  })
  expect(JSON.parse(done.stdout)).toMatchObject({
    status: 'completed',
    outputs: { answer: 'On 4701.' },
    traceId: 'a'.repeat(32),
    costNano: 0,
    usage,
    nodes: { find: { status: 'completed', output: { n: 1 } } },
  })
  await api?.stop()
  const failed = [
    events[0],
    { type: 'failed', error: { code: 'provider_error', message: 'Provider said 500.' } },
  ]
  const result = await cli(['run', 'docs', '--json'], {
    'POST /api/v1/invocations': () => ({ events: failed }),
  })
  expect(result.code).toBe(1)
  expect(JSON.parse(result.stdout)).toMatchObject({ status: 'failed', error: { code: 'provider_error' } })
})

test('run without anything to say to a model shows how', async () => {
  const result = await cli(['run', 'offline/extractive'], {})
  expect(result.code).toBe(2)
  expect(result.stderr).toContain('ratchet run offline/extractive --message "hello"')
})

const release = {
  id,
  app: 'my-app',
  label: 'r1',
  digest,
  draft: false,
  description: '',
  author: 'test',
  createdAt: at,
  entry: 'p.prompty',
  fileCount: 2,
  indexes: [{ name: 'docs', version: digest, state: 'building' }],
  models: ['offline/extractive'],
}
const ready = { ...release, indexes: [{ ...release.indexes[0], state: 'ready', chunks: 7 }] }

test('push sends the folder, waits for its indexes and prints the release', async () => {
  write('app/ratchet.yaml', 'name: my-app\n')
  const result = await cli(['push', 'app', '--json'], {
    'POST /api/v1/releases': () => ({ json: { release, created: true, warnings: [] } }),
    [`GET /api/v1/apps/my-app/releases/${digest}`]: () => ({
      json: { release: ready, files: [], flows: [] },
    }),
  })
  expect(result.code).toBe(0)
  expect(JSON.parse(result.stdout)).toMatchObject({
    app: 'my-app',
    release: 'r1',
    digest,
    created: true,
    indexes: [{ chunks: 7 }],
  })
  expect(result.stderr).toContain('Building index "docs"')
  const pushed = api?.calls.find(({ path }) => path === '/api/v1/releases')?.body
  const contentBase64 = Buffer.from('name: my-app\n').toString('base64')
  expect(pushed).toMatchObject({ files: [{ path: 'ratchet.yaml', contentBase64 }] })
})

test('push shows every problem of the folder with file, line and suggestion', async () => {
  write('app/ratchet.yaml', 'name: my-app\n')
  const issues = [
    {
      file: 'flows/a.flow.yaml',
      line: 7,
      column: 5,
      message: 'unknown node "fnd"',
      suggestion: 'Did you mean "find"?',
      severity: 'error',
    },
  ]
  const result = await cli(['push', 'app'], {
    'POST /api/v1/releases': () => ({
      status: 422,
      json: { error: { code: 'app_invalid', message: 'The app has 1 error.', details: { issues } } },
    }),
  })
  expect(result.code).toBe(2)
  expect(result.stderr).toContain('  flows/a.flow.yaml:7:5: unknown node "fnd"\n    Did you mean "find"?\n')
})

const metric = { mean: 0.5, low: 0.4, high: 0.6, n: 2, unscored: 0, method: 'wilson' }
const spec = { name: 'q', target: 'app/docs', evaluators: ['token-f1'] }
const evaluation = {
  id,
  name: 'q',
  state: 'queued',
  target: 'app/docs',
  dataset: { name: 'd', version: digest },
  spec,
  progress: { done: 0, total: 2, failed: 0 },
  metrics: {},
  thresholds: [],
  passed: null,
  createdBy: 'test',
  createdAt: at,
}
const evaluated = {
  ...evaluation,
  state: 'done',
  progress: { done: 2, total: 2, failed: 0 },
  metrics: { 'token-f1': metric },
}
const compared = {
  difference: -0.2,
  low: -0.3,
  high: -0.1,
  p: 0.01,
  pAdjusted: 0.01,
  n: 2,
  improved: 0,
  worse: 2,
  equal: 0,
}
const evalHandlers = (done: object) => ({
  'POST /api/v1/datasets': () => ({
    json: { dataset: { name: 'd', version: digest, items: 2, createdAt: at }, created: true },
  }),
  'POST /api/v1/evaluations': () => ({ json: { evaluation } }),
  [`GET /api/v1/evaluations/${id}`]: () => ({ json: { evaluation: done } }),
  'GET /api/v1/evaluations/compare': () => ({
    json: { a: evaluated, b: evaluated, comparison: { 'token-f1': compared }, items: [] },
  }),
})

function writeEvaluation(): void {
  write(
    'q.eval.yaml',
    'name: q\ndataset: d.jsonl\ntarget: docs\nevaluators: [token-f1]\nthresholds: ["token-f1 >= 0.4"]\n',
  )
  write(
    'd.jsonl',
    '{"id":"1","inputs":{"question":"a"},"expected":"b"}\n{"id":"2","inputs":{"question":"c"}}\n',
  )
}

test('eval prints the metrics with intervals and exits by thresholds and --fail-on', async () => {
  writeEvaluation()
  const fine = await cli(['eval', 'q.eval.yaml', '--json'], evalHandlers({ ...evaluated, passed: true }))
  expect(fine.code).toBe(0)
  expect(JSON.parse(fine.stdout)).toMatchObject({
    id,
    passed: true,
    metrics: { 'token-f1': { mean: 0.5, low: 0.4, high: 0.6, n: 2, unscored: 0 } },
  })
  expect(api?.calls.find(({ path }) => path === '/api/v1/evaluations')?.body).toMatchObject({
    spec: { name: 'q', target: 'app/docs', thresholds: ['token-f1 >= 0.4'] },
    dataset: { name: 'd', version: digest },
  })
  await api?.stop()
  const missed = await cli(
    ['eval', 'q.eval.yaml'],
    evalHandlers({
      ...evaluated,
      passed: false,
      thresholds: [{ expression: 'token-f1 >= 0.9', passed: false, actual: 0.5 }],
    }),
  )
  expect(missed.code).toBe(1)
  expect(missed.stdout).toMatch(/token-f1 +0\.500 +0\.400 … 0\.600 +2 +Wilson/)
  expect(missed.stdout).toContain('✗ token-f1 >= 0.9 (0.500)')
})

test('eval --compare shows paired differences, which --fail-on can name', async () => {
  writeEvaluation()
  const args = ['eval', 'q.eval.yaml', '--compare', id, '--fail-on', 'comparison.token-f1.high < 0', '--json']
  const result = await cli(args, evalHandlers({ ...evaluated, passed: true }))
  expect(result.code).toBe(1)
  expect(JSON.parse(result.stdout)).toMatchObject({
    comparison: { 'token-f1': { difference: -0.2, low: -0.3, high: -0.1, p: 0.01, improved: 0, worse: 2 } },
    failOn: { failed: true },
    passed: false,
  })
})

test('a --fail-on that cannot be read costs nothing', async () => {
  writeEvaluation()
  const result = await cli(['eval', 'q.eval.yaml', '--fail-on', 'token-f1 <'], {})
  expect(result.code).toBe(2)
  expect(api?.calls).toEqual([])
})

test('keys create prints only the secret on stdout', async () => {
  const key = {
    id,
    name: 'ci',
    preview: 'rk_abcd_…',
    environment: 'staging',
    scopes: ['model:invoke'],
    createdBy: 'test',
    createdAt: at,
    state: 'active',
  }
  const handlers = { 'POST /api/v1/keys': () => ({ json: { key, secret: 'rk_abcd_secret' } }) }
  const result = await cli(
    ['keys', 'create', 'ci', '-e', 'staging', '-s', 'read', '--expires', '1d'],
    handlers,
  )
  expect(result).toMatchObject({ code: 0, stdout: 'rk_abcd_secret\n' })
  expect(api?.calls.at(-1)?.body).toMatchObject({
    name: 'ci',
    environment: 'staging',
    scopes: scopeSets.read,
    expiresAt: expect.stringContaining('T'),
  })
})

test('a key can be revoked by name, and an unknown one lists the active', async () => {
  const key = {
    id,
    name: 'ci',
    preview: 'rk_abcd_…',
    environment: 'staging',
    scopes: ['model:invoke'],
    createdBy: 'test',
    createdAt: at,
    state: 'active',
  }
  const handlers = {
    'GET /api/v1/keys': () => ({ json: { items: [key] } }),
    [`DELETE /api/v1/keys/${id}`]: () => ({ json: { key: { ...key, state: 'revoked' } } }),
  }
  expect((await cli(['keys', 'revoke', 'ci'], handlers)).stdout).toContain('Revoked "ci"')
  await api?.stop()
  const unknown = await cli(['keys', 'revoke', 'cii'], handlers)
  expect(unknown.code).toBe(2)
  expect(unknown.stderr).toContain('Active keys: ci.')
})

test('traces export writes whole traces over pages as JSON lines', async () => {
  const traceOf = (hex: string) => ({
    traceId: hex.repeat(32),
    rootSpanId: hex.repeat(16),
    name: 'chat',
    type: 'app',
    environment: 'development',
    startedAt: at,
    durationMs: 5,
    status: 'ok',
    model: '',
    app: '',
    release: '',
    sessionId: '',
    userId: '',
    inputPreview: '',
    outputPreview: '',
    spanCount: 1,
    usage,
    costNano: 0,
  })
  const show = (hex: string) => ({
    json: { traceId: hex.repeat(32), summary: traceOf(hex), spans: [], truncated: false },
  })
  const result = await cli(['traces', 'export', '-o', 'out.jsonl', '--json'], {
    'GET /api/v1/traces': ({ query }) => ({
      json: query.get('cursor') ? { items: [traceOf('b')] } : { items: [traceOf('a')], nextCursor: 'next' },
    }),
    [`GET /api/v1/traces/${'a'.repeat(32)}`]: () => show('a'),
    [`GET /api/v1/traces/${'b'.repeat(32)}`]: () => show('b'),
  })
  expect(JSON.parse(result.stdout)).toEqual({ count: 2, file: join(folder, 'out.jsonl') })
  const lines = readFileSync(join(folder, 'out.jsonl'), 'utf8').trim().split('\n')
  expect(lines.map((line) => JSON.parse(line).traceId)).toEqual(['a'.repeat(32), 'b'.repeat(32)])
})

test('init writes each template under the name of its folder, and only into an empty one', async () => {
  for (const template of ['chat', 'rag', 'extract']) {
    const result = await runTestCli(['init', `My ${template}`, '-t', template, '--json'], { folder })
    const document = JSON.parse(result.stdout)
    expect(document).toMatchObject({ app: `my-${template}`, template })
    expect(document.files).toContain('ratchet.yaml')
    expect(readFileSync(join(folder, `My ${template}`, 'ratchet.yaml'), 'utf8')).toContain(
      `name: my-${template}\n`,
    )
  }
  const again = await runTestCli(['init', 'My chat'], { folder })
  expect(again.code).toBe(2)
  expect(again.stderr).toContain('is not empty')
})

test('doctor says what to do and exits with 1 when something stops Ratchet', async () => {
  write('file', '')
  const result = await runTestCli(['doctor', '--data', 'file', '--json'], {
    folder,
    environment: { RATCHET_PORT: '99999' },
  })
  expect(result.code).toBe(1)
  const { findings } = JSON.parse(result.stdout)
  expect(findings).toContainEqual(
    expect.objectContaining({
      name: 'data folder',
      state: 'fail',
      advice: expect.stringContaining('--data'),
    }),
  )
  expect(findings).toContainEqual(expect.objectContaining({ name: 'port 99999', state: 'fail' }))
  expect(findings).toContainEqual(
    expect.objectContaining({ name: 'server', state: 'warn', advice: expect.stringContaining('ratchet up') }),
  )
})
