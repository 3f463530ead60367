import { AppError, localDetectorSpec } from '@ratchet/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodePunycode, isLookAlike } from '../matching/look-alike.ts'
import { compileLinearRegex } from '../matching/linear-regex.ts'
import { processorMs } from '../../testing/processor-ms.ts'
import { makeDetector } from '../make-detector.ts'

const make = (spec: object) => makeDetector(localDetectorSpec.parse(spec))
const found = (spec: object, text: string): string[] =>
  make(spec)
    .scan(text)
    .map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`)

describe('regex', () => {
  const of = (pattern: string, more: object = {}) => ({ type: 'regex', pattern, ...more })

  test('finds matches left to right with their kind', () => {
    expect(found(of('T-\\d{3}', { kind: 'ticket' }), '😀 T-123, T-4567 and t-123')).toEqual([
      'ticket: T-123',
      'ticket: T-456',
    ])
    expect(found(of('t-\\d+', { ignoreCase: true }), 'T-1')).toEqual(['match: T-1'])
  })

  test.each([
    ['(?=a)b', 'Look-around'],
    ['(a)\\1', 'back-references'],
    ['[a', 'missing closing'],
    ['a*', 'matches the empty text'],
    ['\\b', 'only empty text'],
    ['(a{1000}){1000}', 'repeat'],
  ])('refuses %s and says why', (pattern, reason) => {
    expect(() => make(of(pattern))).toThrow(AppError)
    expect(() => make(of(pattern))).toThrow(new RegExp(reason))
  })

  test.each([
    ['T-\\d{3,5}', 7],
    ['(?:foo|ba.)x', 5],
    ['[😀-😂]', 2],
    ['\\bword\\b', 4],
    ['a+', Infinity],
    ['^abc$', Infinity],
    ['(?m)^abc$', 3],
  ])('knows the longest match of %s', (pattern, longest) => {
    expect(make(of(pattern)).maxMatchLength).toBe(longest)
  })

  test('the longest match is never exceeded, and reached where it can be', () => {
    const atom = fc.constantFrom('a', 'b', '[ab]', '.', '(?:ab|b)', 'a?', '(?:a|bab){1,3}', 'b{2}')
    fc.assert(
      fc.property(
        fc.array(atom, { minLength: 1, maxLength: 5 }),
        fc.string({ unit: fc.constantFrom('a', 'b') }),
        (parts, text) => {
          const pattern = `x${parts.join('')}`
          const { longest } = compileLinearRegex(pattern, { ignoreCase: false })
          for (const { start, end } of make(of(pattern)).scan(`x${text}x${text}`))
            expect(end - start).toBeLessThanOrEqual(longest)
        },
      ),
    )
  })

  test('patterns that ruin other engines take linear time, and read over a limit counts as found', () => {
    const timeOf = (pattern: string, text: string): number => {
      const detector = make(of(pattern))
      const startMs = processorMs()
      detector.scan(text)
      return processorMs() - startMs
    }
    expect(timeOf('(a+)+$', `${'a'.repeat(50_000)}b`)).toBeLessThan(2000)
    expect(timeOf('(x+x+)+y', 'x'.repeat(50_000))).toBeLessThan(2000)
    const text = 'a'.repeat(60_000)
    expect(make(of('a|a[^z]*z')).scan(text).at(-1)?.end).toBe(text.length)
  })
})

describe('patterns that are slow on hostile texts', () => {
  const of = (pattern: string) => ({ type: 'regex', pattern })

  test.each([
    ['a long run without a match', '\\p{L}{1,250}\\d', 'é'.repeat(300_000)],
    ['many matches', '\\p{L}{1,250}\\d', `${'a'.repeat(240)}1`.repeat(1200)],
    ['beginnings without an end', '(?s)a.*b', 'a'.repeat(300_000)],
  ])('do not hold the process: %s', (_, pattern, text) => {
    const detector = make(of(pattern))
    const start = processorMs()
    detector.scan(text)
    // Matched state by state, the first takes half a minute.
    expect(processorMs() - start).toBeLessThan(12_000)
  })

  test('count as one match from where they took too long, so that nothing slips through', () => {
    const text = `${'a'.repeat(240)}1`.repeat(2000)
    const findings = make(of('\\p{L}{1,250}\\d')).scan(text)
    expect(findings.length).toBeLessThan(2000)
    expect(findings.at(-1)?.end).toBe(text.length)
  })

  test('a pattern that keeps a thousand places open is refused', () => {
    expect(() => make(of('\\p{L}{1,1000}\\d'))).toThrow('keep too much open')
  })

  test('matches are found as by one search over the whole text, wherever its pieces end', () => {
    const unit = fc.constantFrom('ab', 'a', 'b', ' ', 'é', '12', '3', 'x'.repeat(4090), '.'.repeat(700))
    const patterns = ['\\ba[b ]{0,3}', '\\d{1,3}\\b', 'b{2}|x{5,9}', '\\Ba.']
    const texts = fc.array(unit, { maxLength: 30 }).map((units) => units.join(''))
    fc.assert(
      fc.property(texts, fc.constantFrom(...patterns), (text, pattern) => {
        const { regex } = compileLinearRegex(pattern, { ignoreCase: false })
        const expected: [number, number][] = []
        const matcher = regex.matcher(text)
        while (matcher.find()) expected.push([matcher.start(), matcher.end()])
        expect(
          make(of(pattern))
            .scan(text)
            .map(({ start, end }) => [start, end]),
        ).toEqual(expected)
      }),
      { numRuns: 200 },
    )
  })
})

describe('json-schema', () => {
  const schema = {
    type: 'object',
    properties: { name: { type: 'string', pattern: '^[a-z]+$' }, size: { $ref: '#/$defs/size' } },
    required: ['name'],
    additionalProperties: false,
    $defs: { size: { type: 'integer', minimum: 1 } },
  }
  const spec = { type: 'json-schema', schema }
  const details = (text: string, more: object = {}): string[] =>
    make({ ...spec, ...more })
      .scan(text)
      .map(({ kind, detail }) => `${kind}: ${detail}`)

  test.each([
    ['{"name":"ab","size":3}', []],
    ['{"name":"AB"}', ['schema: "/name" must match pattern "^[a-z]+$".']],
    ['{"name":"ab","size":0}', ['schema: "/size" must be >= 1.']],
    ['{}', ["schema: The document must have required property 'name'."]],
    ['{"name":"a"} and my key', ['not-json: Not JSON at character 13.']],
    ['', ['not-json: The text is not JSON.']],
  ])('%s gives %j', (text, expected) => {
    expect(details(text)).toEqual(expected)
  })

  test('keeps several patterns apart', () => {
    const two = { properties: { a: { pattern: '^x' }, b: { pattern: '^y' } } }
    const scan = (text: string): number => make({ type: 'json-schema', schema: two }).scan(text).length
    expect([scan('{"a":"x","b":"y"}'), scan('{"a":"y"}'), scan('{"b":"x"}')]).toEqual([0, 1, 1])
  })

  test('takes JSON in a code fence only when allowed', () => {
    const fenced = '```json\n{"name":"ab"}\n```\n'
    expect(details(fenced)).toHaveLength(1)
    expect(details(fenced, { allowFence: true })).toEqual([])
    expect(details('```\nno\n```', { allowFence: true })).toHaveLength(1)
  })

  test('never quotes the text', () => {
    expect(JSON.stringify(make(spec).scan('{"name": hunter2secret}'))).not.toContain('hunter2')
  })

  test.each([
    [{ type: 'strin' }],
    [{ $ref: 'https://example.com/schema' }],
    [{ type: 'string', pattern: '(?=a)' }],
  ])('refuses the schema %j', (broken) => {
    expect(() => make({ type: 'json-schema', schema: broken })).toThrow(/JSON schema cannot be used/)
  })

  test('reads draft-07 schemas', () => {
    const tuple = { $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'string' }] }
    expect(make({ type: 'json-schema', schema: tuple }).scan('[1]')).toHaveLength(1)
  })
})

describe('url', () => {
  const spec = { type: 'url', deny: ['evil.example', '*.sub.example'] }

  test.each([
    ['see https://a.evil.example/x?y=1.', 'denied-domain: https://a.evil.example/x?y=1'],
    ['(http://a.example/b_(c))', 'insecure-url: http://a.example/b_(c)'],
    ['https://user:pw@a.example/', 'url-with-user: https://user:pw@a.example/'],
    ['https://81.2.69.142/', 'ip-host: https://81.2.69.142/'],
    ['https://2130706433/x', 'ip-host: https://2130706433/x'],
    ['https://[::1]:80', 'ip-host: https://[::1]:80'],
    ['https://аpple.com/', 'look-alike-domain: https://аpple.com/'],
    ['https://www.xn--80ak6aa92e.com', 'look-alike-domain: https://www.xn--80ak6aa92e.com'],
    ['www.evil.example,', 'denied-domain: www.evil.example'],
    ['javascript:alert(1)', 'insecure-url: javascript:alert(1)'],
    ['https://ok.example/?u=http://evil.example', 'denied-domain: http://evil.example'],
    ['HTTPS://EVIL.EXAMPLE', 'denied-domain: HTTPS://EVIL.EXAMPLE'],
  ])('%s', (text, expected) => {
    expect(found(spec, text)).toEqual([expected])
  })

  test.each([
    'https://ok.example/a?b=c#d',
    'https://münchen.example/straße',
    'https://sub.example',
    'https://notevil.example',
    'std::vector and 10:30 and note: this',
    'mail me@evil.example',
  ])('%s passes', (text) => {
    expect(found(spec, text)).toEqual([])
  })

  test('an address without a scheme is found also before one with a scheme', () => {
    expect(found(spec, 'www.evil.example and http://a.example and www.sub.sub.example')).toEqual([
      'denied-domain: www.evil.example',
      'insecure-url: http://a.example',
      'denied-domain: www.sub.sub.example',
    ])
  })

  test('with an allow list every other domain is reported', () => {
    const allow = { type: 'url', allow: ['example.com', 'münchen.de'] }
    expect(found(allow, 'https://docs.example.com https://xn--mnchen-3ya.de')).toEqual([])
    expect(found(allow, 'https://example.com.evil.io')).toEqual([
      'domain-not-allowed: https://example.com.evil.io',
    ])
    expect(found({ ...allow, httpsOnly: false }, 'http://example.com')).toEqual([])
  })

  test('punycode is read back as it was written', () => {
    const label = fc.string({
      unit: fc.constantFrom(...Array.from('abcz09-éüßжω日本')),
      minLength: 1,
      maxLength: 20,
    })
    fc.assert(
      fc.property(label, (written) => {
        const host = URL.parse(`https://x${written}x/`)?.hostname ?? ''
        fc.pre(host.startsWith('xn--'))
        expect(decodePunycode(host.slice(4))).toBe(`x${written}x`.normalize('NFC'))
      }),
    )
    expect(decodePunycode('!!')).toBe('')
  })

  test('names in one script of their own are no imitation', () => {
    expect(isLookAlike('президент.рф')).toBe(false)
    expect(isLookAlike('сосо.com')).toBe(true)
    expect(isLookAlike('example.com')).toBe(false)
  })
})
