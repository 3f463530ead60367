type Entry = { readonly etag: string; readonly value: unknown }

export type EtagCache = {
  find(url: string): Entry | undefined
  keep(url: string, entry: Entry): void
}

/** Remembers the newest answer of polled reads, so that 304 costs no body and gives the same object again. */
export function makeEtagCache(capacity = 100): EtagCache {
  const entries = new Map<string, Entry>()
  return {
    find(url) {
      return entries.get(url)
    },
    keep(url, entry) {
      entries.delete(url)
      entries.set(url, entry)
      const oldest = entries.keys().next()
      if (entries.size > capacity && !oldest.done) entries.delete(oldest.value)
    },
  }
}
