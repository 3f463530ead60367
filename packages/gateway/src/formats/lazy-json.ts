import { isAppError } from '@ratchet/contract'
import { parseRequestJson, type JsonObject } from './parse-json.ts'
import { scanFields, type ByteRange } from './scan-fields.ts'

/** Values up to this size are parsed at once: what we decide by stands in them. */
const smallBytes = 16 * 1024
/** Fields defined one by one cost more than when all are parsed at once; only a hostile body has so many. */
const mostFields = 200

/**
 * The object in a large body, of which large values are parsed only when somebody reads them; most are only passed on.
 * Until then nobody has seen whether they are JSON: reading one that is not throws `invalid_json` with its place, and
 * who passes it on leaves that to the provider. Undefined when the top level does not read as an object of JSON.
 */
export function readLazily(body: Buffer): JsonObject | undefined {
  const object: JsonObject = {}
  let fields = 0
  try {
    const isRead = scanFields(body, (name, range) => {
      if (++fields > mostFields) throw new RangeError('more fields than any API has')
      const isSmall = range.end - range.start <= smallBytes
      const value = isSmall
        ? { value: parseRange(body, range), writable: true }
        : { get: () => readLarge(object, name, { body, range }) }
      Object.defineProperty(object, name, { ...value, enumerable: true, configurable: true })
    })
    return isRead ? object : undefined
  } catch (error) {
    if (isAppError(error)) throw error
    return undefined
  }
}

function readLarge(
  object: JsonObject,
  name: string,
  { body, range }: { readonly body: Buffer; readonly range: ByteRange },
): unknown {
  let value: unknown
  try {
    value = parseRange(body, range)
  } catch (cause) {
    // Throws with the line and column of the mistake.
    parseRequestJson(body)
    throw cause
  }
  Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true })
  return value
}

function parseRange(body: Buffer, { start, end }: ByteRange): unknown {
  return JSON.parse(body.toString('utf8', start, end))
}
