import type { Model, ModelPrice } from '@ratchet/contract'

/** Name of the connection that every project has. */
export const offlineName = 'offline'

/** Runs inside the gateway and costs nothing. */
export const offlinePrice: ModelPrice = { inputNano: 0, outputNano: 0 }

const offlineNote = 'Built in, not a language model: it ranks sentences of its prompt.'

/** The built-in models; named honestly wherever they are shown. */
export const offlineModels: readonly Pick<Model, 'id' | 'kind' | 'note'>[] = [
  { id: 'extractive', kind: 'chat', note: offlineNote },
  {
    id: 'embedding',
    kind: 'embedding',
    note: 'Built in, not a language model: it hashes words into 384 numbers.',
  },
  {
    id: 'rerank',
    kind: 'other',
    note: 'Built in, not a language model: it ranks documents by the words they share with the query.',
  },
]
