import { useSyncExternalStore } from 'react'

const query = '(prefers-color-scheme: dark)'

function subscribe(listener: () => void): () => void {
  const media = window.matchMedia(query)
  const observer = new MutationObserver(listener)
  media.addEventListener('change', listener)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  return () => {
    media.removeEventListener('change', listener)
    observer.disconnect()
  }
}

/** The theme on screen right now. For canvases only: everything else follows the tokens by itself. */
export function useThemeChange(): 'light' | 'dark' {
  return useSyncExternalStore(subscribe, () => {
    const chosen = document.documentElement.dataset['theme']
    if (chosen === 'light' || chosen === 'dark') return chosen
    return window.matchMedia(query).matches ? 'dark' : 'light'
  })
}
