import type { Source } from '@ratchet/contract'

/** A citation in OpenAI's form: from the marker in the text to the source behind it. */
export type UrlCitation = {
  readonly type: 'url_citation'
  readonly url_citation: {
    readonly start_index: number
    readonly end_index: number
    readonly url: string
    readonly title: string
  }
}

/** Finds the markers `[1]`, `[2]`… of a text; a number means the source with that id, or the one at that place. */
export function citeSources(text: string, sources: readonly Source[]): UrlCitation[] {
  return [...text.matchAll(/\[(\d{1,3})\]/g)].flatMap((marker) => {
    const number = marker[1] ?? ''
    const source = sources.find(({ id }) => id === number) ?? sources[Number(number) - 1]
    if (source === undefined) return []
    const title = source.heading === '' ? source.title : `${source.title} > ${source.heading}`
    const place = { start_index: marker.index, end_index: marker.index + marker[0].length }
    return [{ type: 'url_citation', url_citation: { ...place, url: source.path, title } }]
  })
}
