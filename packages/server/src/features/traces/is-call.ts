import { callTypes } from '@ratchet/contract'

/** SQL: spans that used something of a provider themselves. */
export const isCall = `type IN (${callTypes.map((type) => `'${type}'`).join(', ')})`
