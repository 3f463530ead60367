/**
 * Takes pictures of the console over the fake API, to be looked at:
 *   node packages/console/scripts/screenshots.ts <folder> [name=/path ...] [--size typical] [--theme light] [--width 1440] [--keys '/,Enter'] [--axe]
 * With --url and the link that "ratchet open" prints, the pictures are of that server instead.
 * Serves the sources through Vite on a free port, so the hidden /design page is there too.
 */
import { mkdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { createServer } from 'vite'
import { makeFakeFetch } from '../src/testing/fake-api.ts'
import { fakeProject } from '../src/testing/fake-project.ts'
import type { FakeSize } from '../src/testing/fake-size.ts'

const sizes: Readonly<Record<string, { width: number; height: number }>> = {
  '1440': { width: 1440, height: 900 },
  '390': { width: 390, height: 844 },
}
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string' },
    theme: { type: 'string' },
    width: { type: 'string' },
    keys: { type: 'string' },
    axe: { type: 'boolean' },
    url: { type: 'string' },
  },
})
const [folder = '/tmp/ratchet-screens', ...shots] = positionals
const pages = shots.map((shot) => ({
  name: shot.split('=')[0] ?? '',
  path: shot.slice(shot.indexOf('=') + 1),
}))
const size = (['empty', 'typical', 'overfull'] as const).find((known) => known === values.size) ?? 'typical'

async function serveFake(page: Page, data: FakeSize): Promise<void> {
  const fakeFetch = makeFakeFetch(fakeProject(data, new Date()))
  await page.route('**/api/v1/**', async (route) => {
    const request = route.request()
    const answer = await fakeFetch(request.url(), { method: request.method(), body: request.postData() })
    await route.fulfill({
      status: answer.status,
      body: await answer.text(),
      headers: Object.fromEntries(answer.headers),
    })
  })
}

/** Prints what axe finds, with the first place of each finding. */
async function reportAccessibility(page: Page, where: string): Promise<void> {
  // Evaluated, not added as a script: the console's own security policy refuses added ones, as it should.
  await page.evaluate(readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8'))
  const found = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; help: string; nodes: { html: string }[] }[] }> }
    }
    const { violations } = await axe.run()
    return violations.map(
      ({ id, help, nodes }) =>
        `${id} (${String(nodes.length)}): ${help}\n    ${nodes[0]?.html.slice(0, 240) ?? ''}`,
    )
  })
  for (const line of found) process.stdout.write(`${where}: ${line}\n`)
}

/** A sign-in link works once; its session is kept for the next context. */
let session: Awaited<ReturnType<BrowserContext['storageState']>> | undefined
async function signIn(context: BrowserContext, url: string): Promise<void> {
  if (session === undefined) {
    const page = await context.newPage()
    await page.goto(url)
    await page.waitForURL((now) => !now.pathname.startsWith('/open'))
    session = await context.storageState()
    await page.close()
  } else await context.addCookies(session.cookies)
}

async function startVite() {
  const configFile = `${import.meta.dirname}/../vite.config.ts`
  const vite = await createServer({ configFile, server: { port: 0, hmr: false }, logLevel: 'error' })
  await vite.listen()
  return vite
}

mkdirSync(folder, { recursive: true })
const link = values.url
const server = link === undefined ? await startVite() : undefined
const address = server?.httpServer?.address()
const port = typeof address === 'object' && address !== null ? address.port : 0
const base = link === undefined ? `http://127.0.0.1:${String(port)}` : new URL(link).origin
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
})
try {
  for (const width of (values.width ?? '1440').split(',')) {
    for (const theme of (values.theme ?? 'light').split(',')) {
      const context = await browser.newContext({
        viewport: sizes[width] ?? { width: 1440, height: 900 },
        colorScheme: theme === 'dark' ? 'dark' : 'light',
      })
      if (link !== undefined) await signIn(context, link)
      for (const { name, path } of pages) {
        const page = await context.newPage()
        page.on('pageerror', (error) => process.stderr.write(`${name}: ${error.message}\n`))
        page.on('console', (message) => {
          if (['error', 'warning'].includes(message.type()))
            process.stderr.write(`${name}: ${message.text()}\n`)
        })
        if (link === undefined) await serveFake(page, size)
        await page.goto(`${base}${path}`, { waitUntil: 'load' })
        // Pages poll, so the network never rests on a real server.
        if (link === undefined) await page.waitForLoadState('networkidle')
        else await page.waitForTimeout(1500)
        await page.waitForTimeout(500)
        for (const key of values.keys?.split(',') ?? []) {
          await page.keyboard.press(key)
          await page.waitForTimeout(150)
        }
        if (values.keys !== undefined) await page.waitForTimeout(400)
        if (values.axe === true) await reportAccessibility(page, `${name} ${width} ${theme}`)
        await page.screenshot({ path: `${folder}/${name}-${width}-${theme}.png` })
        await page.close()
      }
      await context.close()
    }
  }
} finally {
  await browser.close()
  await server?.close()
}
