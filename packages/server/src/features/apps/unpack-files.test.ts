import fc from 'fast-check'
import { expect, test } from 'vitest'
import { releaseDigestOf } from './release-digest.ts'
import { readText } from './read-text.ts'
import { parseReleaseName } from './release-name.ts'
import { findPathIssues, unpackFiles } from './unpack-files.ts'

const pack = (path: string, content: Uint8Array | string) => ({
  path,
  contentBase64: Buffer.from(content).toString('base64'),
})

test('any bytes arrive as they were sent, sorted by path', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.stringMatching(/^[a-z]{1,8}\.md$/), { minLength: 1 }),
      fc.uint8Array(),
      (paths, bytes) => {
        const files = unpackFiles(paths.map((path) => pack(path, bytes)))
        expect(files.map((file) => file.path)).toEqual([...paths].sort((a, b) => (a < b ? -1 : 1)))
        expect(files.every((file) => Buffer.from(file.content).equals(Buffer.from(bytes)))).toBe(true)
      },
    ),
  )
})

test.each([
  ['../outside.txt', 'leaves the app folder'],
  ['a/../../b', 'leaves the app folder'],
  ['/etc/passwd', 'absolute'],
  ['C:/windows', 'absolute'],
  ['a\\..\\b', 'backslash'],
  ['a//b', 'empty'],
  ['./a', '"." part'],
  ['a/', 'empty'],
  ['a\u0000b', 'control character'],
  ['a\nb', 'control character'],
])('the path %j is refused', (path, problem) => {
  expect(findPathIssues([path])).toMatchObject([{ file: path, message: expect.stringContaining(problem) }])
  expect(() => unpackFiles([pack(path, 'x')])).toThrow(expect.objectContaining({ code: 'app_invalid' }))
})

test('paths that clash on some system are refused, and ordinary ones are not', () => {
  expect(findPathIssues(['a.md', 'a.md'])[0]?.message).toContain('twice')
  expect(findPathIssues(['Guide.md', 'guide.md'])[0]?.message).toContain('only in case')
  expect(findPathIssues(['é.md'.normalize('NFC'), 'é.md'.normalize('NFD')])).toHaveLength(1)
  expect(findPathIssues(['docs', 'docs/a.md'])[0]?.message).toContain('a file and a folder')
  expect(findPathIssues(['ratchet.yaml', 'a/b..c.md', 'a/ü x.md', '.hidden'])).toEqual([])
})

test('content that is not base64 is refused, with the file named', () => {
  expect(() => unpackFiles([{ path: 'a.md', contentBase64: 'not base64!' }])).toThrow(/"a.md" is not base64/)
})

test('a folder over the limit is refused before it is decoded whole', () => {
  const half = { contentBase64: 'A'.repeat(36 * 1024 * 1024) }
  expect(() =>
    unpackFiles([
      { path: 'a', ...half },
      { path: 'b', ...half },
    ]),
  ).toThrow(/larger than 50 MB/)
})

test('the digest of a release depends on paths and contents, not on their order', () => {
  const file = fc.record({
    path: fc.stringMatching(/^[a-z/]{1,6}$/),
    digest: fc.stringMatching(/^[0-9a-f]{64}$/),
  })
  fc.assert(
    fc.property(fc.uniqueArray(file, { selector: (each) => each.path, minLength: 1 }), (files) => {
      const digest = releaseDigestOf(files)
      expect(releaseDigestOf([...files].reverse())).toBe(digest)
      expect(releaseDigestOf([...files, { path: 'zzzzzzz', digest: '0'.repeat(64) }])).not.toBe(digest)
      const [first, ...rest] = files
      expect(releaseDigestOf([{ ...first!, path: `${first!.path}x` }, ...rest])).not.toBe(digest)
    }),
  )
  expect(releaseDigestOf([{ path: 'ratchet.yaml', digest: 'a'.repeat(64) }])).toBe(
    'cfc0eed4d5d1ed2fe875edfdc8fcbc1a97be53f18beea31892a6ed6ff66f1807',
  )
})

test('a release is named by label, id, digest or prefix, in any case', () => {
  expect(parseReleaseName('latest')).toEqual({ by: 'latest' })
  expect(parseReleaseName('R12')).toEqual({ by: 'label', number: 12 })
  expect(parseReleaseName('ABCDEF12')).toEqual({ by: 'digest', prefix: 'abcdef12' })
  expect(parseReleaseName('01990000-0000-7000-8000-000000000000').by).toBe('id')
  for (const text of ['', 'r0', 'abcdef1', 'newest', '%'])
    expect(() => parseReleaseName(text)).toThrow(/does not name a release/)
})

test('a long text is cut at a character, and a binary file is not shown as text', () => {
  const long = readText('a.md', Buffer.from(`${'x'.repeat(1024 * 1024 - 1)}é and more`))
  expect(long).toMatchObject({ truncated: true, text: 'x'.repeat(1024 * 1024 - 1) })
  expect(readText('a.md', Buffer.from('short ✓'))).toEqual({
    path: 'a.md',
    text: 'short ✓',
    truncated: false,
  })
  expect(() => readText('a.png', Buffer.from([137, 80, 78, 71, 255]))).toThrow(/binary file of 5 bytes/)
  expect(() => readText('a.bin', Buffer.from('a\0b'))).toThrow(/binary file/)
})
