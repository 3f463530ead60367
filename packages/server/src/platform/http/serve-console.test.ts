import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { serveConsole } from './serve-console.ts'

const folder = mkdtempSync(join(tmpdir(), 'ratchet-dist-'))
const script = 'document.documentElement.dataset.theme = "dark"'
let serve: Awaited<ReturnType<typeof serveConsole>>
beforeAll(async () => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><script>${script}</script><script type="module" src="/x.js"></script>`,
  )
  writeFileSync(join(folder, 'assets', 'index-B4x9_k2Q.js'), 'console.log(1)'.repeat(100))
  writeFileSync(join(folder, 'icon.svg'), '<svg/>')
  serve = await serveConsole(folder)
})
afterAll(() => rmSync(folder, { recursive: true }))

const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  serve(new Request(`http://localhost${path}`, { headers, method }))

test('hashed assets are cached for ever and sent compressed to those who ask', async () => {
  const response = (await get('/assets/index-B4x9_k2Q.js', { 'accept-encoding': 'gzip, br' }))!
  expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
  expect(response.headers.get('content-type')).toContain('text/javascript')
  expect(gunzipSync(Buffer.from(await response.arrayBuffer())).toString()).toContain('console.log(1)')
})

test.each(['/', '/traces', '/apps/docs-assistant/releases'])(
  '%s is the index, always asked for again',
  async (path) => {
    const response = (await get(path))!
    expect(response.headers.get('cache-control')).toBe('no-cache')
    expect(await response.text()).toContain('<!doctype html>')
    const again = (await get(path, { 'if-none-match': response.headers.get('etag')! }))!
    expect(again.status).toBe(304)
  },
)

test('only its own files and the inline scripts of the index may run, and nobody may frame it', async () => {
  const { headers } = (await get('/'))!
  const policy = headers.get('content-security-policy')!
  const hash = createHash('sha256').update(script).digest('base64')
  expect(policy).toContain(`script-src 'self' 'sha256-${hash}';`)
  expect(policy).toContain("frame-ancestors 'none'")
  expect(headers.get('x-frame-options')).toBe('DENY')
  expect(headers.get('referrer-policy')).toBe('no-referrer')
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

test.each([
  '/api/v1/nothing',
  '/assets/gone-12345678.js',
  '/../../etc/passwd.txt',
  '/%2e%2e%2fetc/passwd.txt',
  '/%ff.js',
])('%s is not answered with the console', async (path) => {
  expect(await get(path)).toBeUndefined()
})

test('writes are not its business', async () => {
  expect(await get('/', {}, 'POST')).toBeUndefined()
})

test('without a build there is nothing to serve', async () => {
  const empty = await serveConsole(join(folder, 'missing'))
  expect(await empty(new Request('http://localhost/'))).toBeUndefined()
})
