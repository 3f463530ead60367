import { AppError } from '@ratchet/contract'
import { createMemoryHistory } from '@tanstack/react-router'
import { afterEach, expect, test } from 'vitest'
import { makeFakeFetch } from '../testing/fake-api.ts'
import { fakeProject } from '../testing/fake-project.ts'
import { draw, openConsole, type Page } from '../testing/page.tsx'
import { makeApp } from './make-app.tsx'

let page: Page | undefined
afterEach(async () => page?.close())

test('g and a letter move between pages, and the environment comes along', async () => {
  const opened = await openConsole('/?env=staging')
  page = opened
  await opened.get('heading', /Production serves/)
  await opened.press('g')
  await opened.press('e')
  await opened.until(() => opened.address() === '/evaluations?env=staging')
})

test('the palette opens a trace by its id', async () => {
  const opened = await openConsole('/apps')
  page = opened
  await opened.click(await opened.get('button', /^Go to, do, search/))
  const input = await opened.get('combobox', 'Go to, do, or search')
  const id = 'd19b8d06b5cbd104df186692e35c358b'
  await opened.type(input, id)
  await opened.press('Enter', input)
  await opened.until(() => opened.address().startsWith(`/traces/${id}`))
})

test('the map lists the keys of this page', async () => {
  const opened = await openConsole('/traces')
  page = opened
  await opened.get('grid', 'Traces')
  await opened.press('?', document.body)
  await opened.until(() => opened.text().includes('Focus the trace query'))
})

test('without a session the page tells how to get in', async () => {
  const refuse = new AppError('unauthenticated', {
    message: 'No session. Open the link that "ratchet open" prints.',
  })
  const fetch = () => Promise.resolve(Response.json(refuse.toBody('r1'), { status: 401 }))
  const { App } = makeApp({ baseUrl: '', fetch }, createMemoryHistory({ initialEntries: ['/traces'] }))
  page = await draw(<App />)
  await page.until(() => page!.text().includes('npx ratchet open'))
  expect(page.text()).not.toContain('Evaluations')
})

test('an address without a page says so', async () => {
  page = await openConsole('/nowhere')
  await page.until(() => page!.text().includes('There is no page at /nowhere'))
})

/** The console over a server whose answers can be taken away. */
async function openOver(address: string) {
  const answer = makeFakeFetch(fakeProject('typical', new Date()))
  const server: { fetch: typeof fetch } = { fetch: answer }
  const history = createMemoryHistory({ initialEntries: [address] })
  const { App, cache } = makeApp({ baseUrl: '', fetch: (...parts) => server.fetch(...parts) }, history)
  const opened = await draw(<App />)
  return { ...opened, server, answer, readAgain: () => void cache.invalidateQueries() }
}

test('a server that goes away while the page is open is told, and the page goes on when it is back', async () => {
  const opened = await openOver('/gateway/routes')
  page = opened
  await opened.until(() => opened.text().includes('support'))
  opened.server.fetch = () => Promise.reject(new TypeError('Failed to fetch'))
  opened.readAgain()
  await opened.until(() => opened.text().includes('The server does not answer.'))
  expect(opened.text()).toContain('support')
  opened.server.fetch = opened.answer
  await opened.until(() => !opened.text().includes('The server does not answer.'))
})

test('a session that ends while the page is open keeps what was typed and says how to sign in', async () => {
  const opened = await openOver('/settings/keys?create=true')
  page = opened
  await opened.type(await opened.get('textbox', 'Name'), 'website')
  const refuse = new AppError('unauthenticated', { message: 'No session.' })
  opened.server.fetch = () => Promise.resolve(Response.json(refuse.toBody('r1'), { status: 401 }))
  opened.readAgain()
  await opened.until(() => opened.text().includes('You are signed out.'))
  expect(opened.text()).toContain('npx ratchet open')
  expect(((await opened.get('textbox', 'Name')) as HTMLInputElement).value).toBe('website')
  opened.server.fetch = opened.answer
  await opened.until(() => !opened.text().includes('You are signed out.'))
})
