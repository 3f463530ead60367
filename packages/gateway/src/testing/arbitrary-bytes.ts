import fc from 'fast-check'

/** Nested deeper than any stack: parsers survive it, whoever walks it by recursion does not. */
export const deepJson = `${'['.repeat(20_000)}${']'.repeat(20_000)}`

/** JSON texts that programs stumble over. */
export const oddJson = fc.oneof(
  { weight: 10, arbitrary: fc.json({ maxDepth: 3 }) },
  {
    weight: 10,
    arbitrary: fc.constantFrom(
      'null',
      '1e400',
      '-0',
      '12345678901234567890',
      '""',
      '"\\ud800"',
      '"\\u0000"',
      '"\u{1f389}"',
      '[]',
      '{}',
      '[null]',
      '{"__proto__":{"x":1}}',
      '{"constructor":1,"toString":null,"toJSON":1}',
      '{"toString":1,"valueOf":1}',
      `"${'x'.repeat(5_000)}"`,
    ),
  },
  { weight: 1, arbitrary: fc.constant(deepJson) },
)

/** Cuts bytes into packets: in one piece, in some pieces, or the beginning byte by byte. */
export const cutUp: fc.Arbitrary<(bytes: Buffer) => Buffer[]> = fc.oneof(
  fc.constant((bytes: Buffer) => [bytes]),
  fc.array(fc.nat(3_000), { maxLength: 5 }).map((places) => (bytes: Buffer) => cutAt(bytes, places)),
  fc.integer({ min: 1, max: 60 }).map(
    (count) => (bytes: Buffer) =>
      cutAt(
        bytes,
        Array.from({ length: count }, (_, index) => index + 1),
      ),
  ),
)

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
  const ends = [...new Set(places)]
    .toSorted((a, b) => a - b)
    .filter((place) => place > 0 && place < bytes.length)
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end))
}

/** Something once in `times` runs, otherwise nothing. */
export function rarely<T>(times: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: times - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary })
}
