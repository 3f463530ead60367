import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from '@tanstack/react-router'
import { act } from 'react'
import { afterEach, expect, test } from 'vitest'
import { draw, type Page } from '../testing/page.tsx'
import { LeaveGuard } from './leave-guard.tsx'

let page: Page | undefined
afterEach(async () => page?.close())

async function openForm(isChanged: boolean) {
  const root = createRootRoute({ component: Outlet })
  const form = createRoute({
    getParentRoute: () => root,
    path: '/form',
    component: () => <LeaveGuard isChanged={isChanged} what="the form" />,
  })
  const other = createRoute({ getParentRoute: () => root, path: '/other', component: () => <p>Elsewhere</p> })
  const history = createMemoryHistory({ initialEntries: ['/form'] })
  const router = createRouter({ routeTree: root.addChildren([form, other]), history })
  page = await draw(<RouterProvider router={router} />)
  const go = (to: string): Promise<void> => act(async () => history.push(to))
  return { ...page, go }
}

test('leaving a changed form asks, and stays or goes as answered', async () => {
  const user = await openForm(true)
  await user.go('/other')
  await user.until(() => user.text().includes('What you changed in the form is lost'))
  await user.click(await user.get('button', 'Keep editing'))
  await user.until(() => !user.text().includes('Leave without saving?'))
  expect(user.text()).not.toContain('Elsewhere')
  await user.go('/other')
  await user.click(await user.get('button', 'Leave without saving'))
  await user.until(() => user.text().includes('Elsewhere'))
})

test('nothing asks while nothing is changed, or when only the rest of the address changes', async () => {
  const changed = await openForm(true)
  await changed.go('/form?history=true')
  expect(changed.text()).not.toContain('Leave without saving?')
  await changed.close()
  const untouched = await openForm(false)
  await untouched.go('/other')
  await untouched.until(() => untouched.text().includes('Elsewhere'))
})
