import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startRatchet, waitFor, type RunningRatchet } from '../support/start-ratchet.ts'
import { runRatchet } from './command-line.ts'

const sample = fileURLToPath(new URL('../../examples/docs-assistant', import.meta.url))
const templates = ['chat', 'rag', 'extract'] as const

let ratchet: RunningRatchet
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-cli-e2e-'))
  ratchet = await startRatchet()
})
afterAll(async () => {
  await ratchet?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a verb against the running server, found by its data folder alone, and reads its JSON document. */
async function ask(...args: string[]): Promise<any> {
  const { code, stdout, stderr } = await runRatchet([...args, '--json'], {
    env: { RATCHET_DATA: ratchet.dataFolder },
    cwd: folder,
  })
  expect(code, `${args.join(' ')}\n${stderr}\n${stdout}`).toBe(0)
  return JSON.parse(stdout)
}

async function fails(...args: string[]): Promise<{ code: number | null; error: any; stderr: string }> {
  const { code, stdout, stderr } = await runRatchet([...args, '--json'], {
    env: { RATCHET_DATA: ratchet.dataFolder },
    cwd: folder,
  })
  return { code, error: JSON.parse(stdout).error, stderr }
}

test('the sample goes round the loop from the command line', async () => {
  const pushed = await ask('push', sample)
  expect(pushed).toMatchObject({
    app: 'docs-assistant',
    release: 'r1',
    created: true,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(await ask('push', sample)).toMatchObject({ release: 'r1', created: false, digest: pushed.digest })

  const deployed = await ask('deploy', 'docs-assistant', '--environment', 'development')
  expect(deployed).toMatchObject({ app: 'docs-assistant', release: 'r1', digest: pushed.digest })
  expect((await ask('deployments', 'show', 'docs-assistant', '--env', 'development')).items[0]).toMatchObject(
    { state: 'live' },
  )

  const answered = await ask('run', 'docs-assistant', '--message', 'Which port does the gateway use?')
  expect(answered).toMatchObject({ status: 'completed', text: expect.stringContaining('4701') })
  expect(Object.keys(answered.nodes)).toEqual(expect.arrayContaining(['find', 'answer']))

  await waitFor('the spans of gateway and runner', async () => {
    const types = await spanTypes(answered.traceId)
    return ['app', 'flow', 'retrieve', 'prompt', 'llm'].every((type) => types.includes(type)) || undefined
  })

  const evaluated = await ask(
    'eval',
    join(sample, 'evaluations/quality.eval.yaml'),
    '--target',
    'app/docs-assistant@r1',
  )
  expect(evaluated).toMatchObject({ passed: true, state: 'done' })
  expect(evaluated.metrics['token-f1']).toMatchObject({
    mean: expect.any(Number),
    low: expect.any(Number),
    high: expect.any(Number),
    n: expect.any(Number),
  })
  const again = await ask(
    'eval',
    join(sample, 'evaluations/quality.eval.yaml'),
    '--target',
    'app/docs-assistant@r1',
    '--compare',
    evaluated.id,
  )
  expect(again.comparison['token-f1']).toMatchObject({ difference: 0, worse: 0, improved: 0 })
})

/** Types of the spans of a trace that are stored so far. */
async function spanTypes(traceId: string): Promise<string[]> {
  const { spans } = await ask('traces', 'show', traceId)
  return spans.map(({ type }: { type: string }) => type)
}

test.each(templates)(
  'the %s template runs, passes its evaluation, is pushed and deployed',
  async (template) => {
    const name = `my-${template}`
    await ask('init', name, '--template', template)
    const run = await ask(
      'run',
      name,
      ...(template === 'extract'
        ? ['--input', 'text=Invoice number: A-7\nVendor: Acme\nThe total is 12 EUR']
        : ['--message', 'How long is it valid?']),
    )
    expect(run.status).toBe('completed')
    const evaluated = await ask('eval', join(name, 'evaluations/quality.eval.yaml'))
    expect(evaluated).toMatchObject({ passed: true, state: 'done' })
    expect(await ask('push', name)).toMatchObject({ app: name, release: 'r1' })
    expect(await ask('deploy', name)).toMatchObject({ app: name, environment: 'development', changed: true })
  },
)

test('a failed threshold and a true --fail-on exit with 1, a mistake with 2', async () => {
  const file = join(folder, 'my-chat/evaluations/quality.eval.yaml')
  expect(
    await runRatchet(['eval', file, '--fail-on', 'contains.n > 0', '--json'], {
      env: { RATCHET_DATA: ratchet.dataFolder },
    }),
  ).toMatchObject({ code: 1 })
  writeFileSync(
    join(folder, 'strict.eval.yaml'),
    readFileSync(file, 'utf8')
      .replaceAll('../', 'my-chat/')
      .replace('target: ..', 'target: my-chat')
      .replace('contains >= 0.7', 'latency <= 0'),
  )
  const strict = await runRatchet(['eval', 'strict.eval.yaml', '--json'], {
    env: { RATCHET_DATA: ratchet.dataFolder },
    cwd: folder,
  })
  expect(strict.code).toBe(1)
  expect(JSON.parse(strict.stdout)).toMatchObject({ passed: false })
  writeFileSync(
    join(folder, 'wrong.eval.yaml'),
    'name: w\ndataset: my-chat/datasets/questions.jsonl\ntarget: my-chat\nevaluators: [token-f]\n',
  )
  const wrong = await fails('eval', 'wrong.eval.yaml')
  expect(wrong).toMatchObject({ code: 2, error: { message: expect.stringContaining('token-f1') } })
})

test('a broken app is refused with file, line and suggestion', async () => {
  const flow = join(folder, 'my-rag/flows/answer.flow.yaml')
  const text = readFileSync(flow, 'utf8')
  writeFileSync(flow, text.replace('${find.output.text}', '${fnd.output.text}'))
  const refused = await fails('push', 'my-rag')
  writeFileSync(flow, text)
  expect(refused).toMatchObject({ code: 2, error: { code: 'app_invalid' } })
  expect(refused.stderr).toMatch(/flows\/answer\.flow\.yaml:\d+/)
  expect(refused.stderr).toContain('find')
})

test('unknown names get the nearest one', async () => {
  expect(await fails('run', 'docs-asistant', '-m', 'hi')).toMatchObject({
    error: { message: expect.stringContaining('docs-assistant') },
  })
  expect(await fails('deploy', 'docs-assistant', '--release', 'r99')).toMatchObject({
    code: 2,
    error: { code: 'not_found' },
  })
})

test('keys, connections, jobs, status, doctor and links work against the running server', async () => {
  const key = await ask('keys', 'create', 'website')
  expect(key.secret).toMatch(/^rk_/)
  expect((await ask('keys', 'list')).items.map(({ name }: { name: string }) => name)).toContain('website')
  expect(await ask('keys', 'revoke', 'website')).toMatchObject({ state: 'revoked' })

  expect((await ask('connections', 'list')).items.map(({ name }: { name: string }) => name)).toContain(
    'offline',
  )
  expect(await ask('connections', 'test', 'offline')).toMatchObject({ ok: true })
  const added = await ask(
    'connections',
    'add',
    'local',
    '--base-url',
    'http://127.0.0.1:1/v1',
    '--allow-private',
    '--key',
    'sk-test-1234',
  )
  expect(added).toMatchObject({ connection: { name: 'local', keyPreview: '1234' }, test: { ok: false } })
  expect(await ask('connections', 'remove', 'local')).toEqual({ deleted: true })

  const { items: jobs } = await ask('jobs', 'list')
  expect((await ask('jobs', 'show', jobs[0].id)).job).toMatchObject({ id: jobs[0].id })
  expect(await ask('secrets', 'rotate')).toMatchObject({ keyId: expect.any(String) })
  expect(await ask('telemetry', 'replay')).toMatchObject({ failed: [] })
  expect(await ask('open')).toMatchObject({ url: expect.stringContaining('http') })
  expect(await ask('status')).toMatchObject({
    processes: expect.any(Array),
    loop: { steps: expect.any(Array) },
  })
  expect((await ask('traces', 'export', '--limit', '2', '--output', 'out.jsonl')).count).toBe(2)
  const { findings } = await ask('doctor')
  expect(findings.filter(({ state }: { state: string }) => state === 'fail')).toEqual([])
})

test('a second server on the same folder is refused with the first one’s pid and address', async () => {
  const { code, stderr } = await runRatchet([
    'up',
    '--data',
    ratchet.dataFolder,
    '--port',
    '0',
    '--gateway-port',
    '0',
  ])
  expect(code).toBe(2)
  expect(stderr).toContain(String(ratchet.pidOf('control')))
  expect(stderr).toContain(ratchet.url)
})
