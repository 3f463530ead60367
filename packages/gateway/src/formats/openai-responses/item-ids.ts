/** Ids of an answer and its items, made from the id that the answer has in its own format. */
export type ItemIds = {
  readonly response: string
  /** `prefix` is the format's own for a kind of item; `own` an id that its provider gave. */
  readonly item: (prefix: 'msg' | 'rs' | 'fc' | 'ctc' | 'ig', index: number, own?: string) => string
}

/** The same id always gives the same ids. */
export function makeItemIds(answerId: string, fallbackId: string): ItemIds {
  const id = answerId === '' ? fallbackId : answerId
  const response = id.startsWith('resp_') ? id : `resp_${id.replace(/^(?:chatcmpl-|msg_|gen-)/, '')}`
  const base = response.slice('resp_'.length)
  return {
    response,
    item: (prefix, index, own) =>
      own?.startsWith(`${prefix}_`) === true ? own : `${prefix}_${base}_${index}`,
  }
}
