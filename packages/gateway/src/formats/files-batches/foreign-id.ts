/** A provider's id of a file or batch, and the connection that it belongs to. */
export type ForeignId = { readonly connection: string; readonly id: string }

const prefix = 'rc_'
const pattern = /^rc_([a-z0-9][a-z0-9-]{0,63})_(.+)$/s

/**
 * The id that a client gets: the provider's, behind the name of the connection, so that a later request finds its
 * way without our keeping anything. Names of connections hold no underscore.
 */
export function encodeForeignId(connection: string, id: string): string {
  return `${prefix}${connection}_${id}`
}

/** Undefined for an id that {@link encodeForeignId} did not make. */
export function decodeForeignId(text: string): ForeignId | undefined {
  const [, connection, id] = pattern.exec(text) ?? []
  return connection === undefined || id === undefined ? undefined : { connection, id }
}
