import { useEffect } from 'react'

/** Names the browser tab, so that ten open tabs can be told apart. */
export function useDocumentTitle(words: string): void {
  useEffect(() => {
    document.title = words === '' ? 'Ratchet' : `${words} · Ratchet`
    return () => {
      document.title = 'Ratchet'
    }
  }, [words])
}
