import { createMemoryHistory } from '@tanstack/react-router'
import { act, type ReactElement } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { makeApp } from '../app/make-app.tsx'
import { makeFakeFetch } from './fake-api.ts'
import { fakeProject } from './fake-project.ts'
import type { FakeSize } from './fake-size.ts'

/** Nothing is ever resized here; the real one would report sizes of zero. */
class StillObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true, ResizeObserver: StillObserver })
// There is no layout here; without a size virtual lists would draw nothing.
for (const [name, sizePx] of [
  ['clientWidth', 1200],
  ['clientHeight', 640],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => sizePx })
}

export type Page = Awaited<ReturnType<typeof draw>>

/** Draws an element into the document and gives the hands of a user: press, click, type, and find by role and name. */
export async function draw(element: ReactElement) {
  const host = document.createElement('div')
  document.body.append(host)
  const root: Root = createRoot(host)
  await act(async () => root.render(element))
  const settle = (): Promise<void> => act(async () => new Promise((resolve) => setTimeout(resolve, 5)))
  const until = async <Found,>(look: () => Found | undefined | null | false): Promise<Found> => {
    for (let tries = 0; tries < 4_000; tries += 1) {
      const found = look()
      if (found !== undefined && found !== null && found !== false) return found
      await settle()
    }
    throw new Error(
      `It did not appear: ${look.toString()}\nThe page says: ${document.body.textContent.slice(0, 1500)}`,
    )
  }
  const find = (role: string, name: string | RegExp): HTMLElement | undefined =>
    [...document.body.querySelectorAll<HTMLElement>(selectorOf(role))].find((candidate) =>
      matches(nameOf(candidate), name),
    )
  return {
    until,
    find,
    /** Waits until there is such an element. */
    get: (role: string, name: string | RegExp): Promise<HTMLElement> => until(() => find(role, name)),
    text: () => document.body.textContent,
    press: async (key: string, target: Element = document.activeElement ?? document.body): Promise<void> => {
      await act(async () => {
        target.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
      })
      await settle()
    },
    click: async (target: Element): Promise<void> => {
      await act(async () => {
        for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
          target.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, detail: 1 }))
        }
      })
      await settle()
    },
    type: async (target: Element, text: string): Promise<void> => {
      if (!(target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement)) {
        throw new Error(`Not a field: ${target.outerHTML.slice(0, 200)}`)
      }
      await act(async () => {
        target.focus()
        // React listens to the native setter; assigning the property alone would not be noticed.
        const prototype =
          target instanceof HTMLInputElement ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype
        Object.getOwnPropertyDescriptor(prototype, 'value')?.set?.call(target, text)
        // Number fields have no selection.
        if (target.type !== 'number') target.setSelectionRange(text.length, text.length)
        target.dispatchEvent(new Event('input', { bubbles: true }))
      })
      await settle()
    },
    submit: async (form: HTMLFormElement): Promise<void> => {
      await act(async () => form.requestSubmit())
      await settle()
    },
    close: async (): Promise<void> => {
      await act(async () => root.unmount())
      host.remove()
    },
  }
}

/** The whole console at an address, over the fake project. */
export async function openConsole(address: string, size: FakeSize = 'typical') {
  const fakeFetch = makeFakeFetch(fakeProject(size, new Date()))
  const history = createMemoryHistory({ initialEntries: [address] })
  const { App, router } = makeApp({ baseUrl: '', fetch: fakeFetch }, history)
  const page = await draw(<App />)
  return { ...page, address: () => router.state.location.href }
}

const nativeRoles: Readonly<Record<string, string>> = {
  button: 'button',
  link: 'a[href]',
  list: 'ul[aria-label],ol[aria-label]',
  heading: 'h1,h2,h3',
  region: 'section[aria-label]',
  textbox: 'input:not([type="checkbox"]):not([role]),textarea',
}

function selectorOf(role: string): string {
  const native = nativeRoles[role]
  return native === undefined ? `[role="${role}"]` : `[role="${role}"],${native}`
}

function nameOf(element: HTMLElement): string {
  const label = element.getAttribute('aria-label')
  if (label !== null) return label
  const labelled = element.getAttribute('aria-labelledby')
  if (labelled !== null) {
    const words = labelled.split(' ').map((id) => document.getElementById(id)?.textContent ?? '')
    return words.join(' ').trim()
  }
  if (element.id !== '') {
    const own = document.querySelector(`label[for="${element.id}"]`)
    if (own !== null) return own.textContent.trim()
  }
  const around = element.getAttribute('role') === 'checkbox' ? element.closest('label') : null
  return (around ?? element).textContent.trim()
}

function matches(text: string, name: string | RegExp): boolean {
  return typeof name === 'string' ? text === name : name.test(text)
}
