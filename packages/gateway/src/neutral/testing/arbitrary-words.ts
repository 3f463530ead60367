import fc from 'fast-check'
import type { JsonObject } from '../../formats/parse-json.ts'

/** Text as models write it: any script, line ends of every kind, quotes, U+2028. */
export const anyText = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 24 }) },
  { weight: 1, arbitrary: fc.constantFrom('\n', '\r\n', 'a\u2028b\u2029c', '"\\', 'data: x\n\n', ' ', '🌍') },
)

/** An id of our own kind, legal in every format. */
export const anyId = fc.stringMatching(/^[a-zA-Z0-9]{6,12}$/)

/** A tool name that is legal in every format. */
export const anyToolName = fc.stringMatching(/^[a-z][a-z_]{0,10}$/)

/** Base64 of some bytes; never empty. */
export const anyBase64 = fc
  .uint8Array({ minLength: 1, maxLength: 12 })
  .map((bytes) => Buffer.from(bytes).toString('base64'))

/** An object as JSON knows it: no undefined, no -0. */
export const anyJsonObject: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,6}$/),
  fc.oneof(
    anyText,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer({ min: 0, max: 9 }), { maxLength: 3 }),
  ),
  { maxKeys: 4, noNullPrototype: true },
)

/** Arguments as a model writes them. */
export const anyArguments = anyJsonObject.map((value) => JSON.stringify(value))

/** For `fc.record`: each field may be missing, and is never undefined. */
export const mayBeMissing = { requiredKeys: [] as [], noNullPrototype: true }
