import { isAppError } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { processorMs } from '../testing/processor-ms.ts'
import { compileTemplate, renderTemplate, valueLetter } from './index.ts'

type Values = Record<string, unknown>

function render(source: string, values: Values = {}, limits = {}): string {
  return renderMarked(source, values, limits).text
}

function renderMarked(source: string, values: Values = {}, limits = {}) {
  const { template, issues } = compileTemplate(source)
  if (!template) throw new Error(JSON.stringify(issues))
  return renderTemplate(template, values, { file: 'p.prompty', limits })
}

test('the documented subset of Jinja2 renders', () => {
  const cases: [source: string, values: Values, expected: string][] = [
    ['Hi {{ name }}!', { name: 'Ada' }, 'Hi Ada!'],
    [
      '{{ user.name | upper }} {{ rows[0].x }} {{ rows[-1]["x"] }}',
      { user: { name: 'a' }, rows: [{ x: 1 }, { x: 2 }] },
      'A 1 2',
    ],
    [
      '{% for r in rows %}{{ loop.index }}{{ r }}{% if not loop.last %},{% endif %}{% endfor %}',
      { rows: ['a', 'b'] },
      '1a,2b',
    ],
    ['{% for r in rows if r > 1 %}{{ r }}{% else %}none{% endfor %}', { rows: [1] }, 'none'],
    ['{% set x = 2 %}{{ x + 1 }}{% if x == 2 and not false %}y{% elif x %}z{% endif %}', {}, '3y'],
    ['{% macro m(a, b="!") %}{{ a }}{{ b }}{% endmacro %}{{ m("x") }}', {}, 'x!'],
    [
      '{{ rows | join(", ") }} {{ rows | length }} {{ rows | tojson }} {{ missing_ok | default("d") }}',
      { rows: [1, 2] },
      '1, 2 2 [1, 2] d',
    ],
    ['{# note #}{{ "a" ~ 1 }} {{ "x" if ok else "y" }} {{ ok is defined }}', { ok: 0 }, 'a1 y true'],
    [
      '{% set ns = namespace(n=0) %}{% for i in range(3) %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}',
      {},
      '3',
    ],
    [
      '{% filter upper %}a{{ b }}{% endfilter %}{% set t %}x{{ b }}{% endset %}{{ t | length }}',
      { b: 'b' },
      'AB2',
    ],
    ['{{ "a.b".replace(".", "-") }} {{ " x " | trim }} {{ {"a": [1]} }}', {}, 'a-b x {"a": [1]}'],
  ]
  for (const [source, values, expected] of cases) expect(render(source, values), source).toBe(expected)
})

test('known gaps stay as documented', () => {
  expect(render('{{ True }} {{ none }}.')).toBe('true .')
  expect(render('{% if true %}\nx\n{% endif %}\ny\n')).toBe('x\ny')
  expect(compileTemplate('{% raw %}{{ x }}{% endraw %}').issues[0]).toMatchObject({
    line: 1,
    message: '{% raw %} is not supported in templates.',
  })
  expect(() => render('{{ "%s" | format("x") }}')).toThrow('Unknown StringValue filter: format')
})

test('a variable without value is an error with file, line and the nearest name', () => {
  expect(() => render('one\n\n{{ qestion }}', { question: 'x' })).toThrow(
    'p.prompty:3: The variable "qestion" has no value. Did you mean "question"?',
  )
  expect(() => render('{{ a.b }}', { a: {} })).toThrow('p.prompty:1: "a.b" has no value.')
  expect(render('{% if a.b %}x{% endif %}{{ a.b | default("-") }}{{ c is defined }}', { a: {} })).toBe(
    '-false',
  )
})

test('prototypes and the host are out of reach', () => {
  for (const path of [
    'x.constructor',
    'x.__proto__',
    'x["constructor"]',
    'x.toString',
    's.constructor',
    'l.constructor',
    'x.a.constructor',
  ]) {
    expect(() => render(`{{ ${path} }}`, { x: { a: {} }, s: 'text', l: [1] }), path).toThrow('p.prompty:1')
  }
  for (const name of ['process', 'globalThis', 'require', 'console', 'this', 'constructor']) {
    expect(() => render(`{{ ${name} }}`), name).toThrow(`"${name}" has no value`)
  }
  expect(render('{{ f }}|{{ n }}', { f: () => 1, n: Number.NaN })).toBe('|NaN')
})

test('work is bounded in steps, time and size', () => {
  const hostile = [
    '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}',
    '{% set a = "xxxxxxxxxx" %}{% for i in range(60) %}{% set a = a ~ a %}{{ a }}{% endfor %}',
    '{% set ns = namespace(a="xxxxxxxxxx") %}{% for i in range(60) %}{% set ns.a = ns.a ~ ns.a %}{% endfor %}',
    '{% set ns = namespace(a=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}{% endfor %}{{ ns.a }}',
    '{% set ns = namespace() %}{% set ns.a = ns %}',
    '{% set ns = namespace() %}{{ [ns] }}',
    '{{ "x" | indent(999999999) }}',
    '{{ "x" | indent(width=999999999, first=true) }}',
    '{{ [1] | tojson(indent=999999999) }}',
    '{{ s.replace("", s) }}',
    '{{ s | replace("x", s) }}',
    '{{ l | join(s) }}',
    '{% set f = s.replace %}{{ f("", s) }}',
    '{% macro f(x) %}{{ x("", s) }}{% endmacro %}{{ f(s["replace"]) }}',
    '{% filter indent(999999999) %}x{% endfilter %}',
    '{{ range(999999999) }}',
    '{% macro r() %}{{ r() }}{% endmacro %}{{ r() }}',
  ]
  const values = { s: 'x'.repeat(100_000), l: Array.from({ length: 1000 }, () => 'x') }
  for (const source of hostile) {
    const startMs = processorMs()
    expect(() => render(source, values, { timeMs: 200 }), source).toThrow('p.prompty:1')
    expect(processorMs() - startMs, source).toBeLessThan(2_000)
  }
})

test('syntax errors name their line', () => {
  const cases: [source: string, line: number, words: string][] = [
    ['a\n{{ b', 2, '"{{" is never closed'],
    ['a\n\n{{ a b }}', 3, 'Syntax error in {{ a b }}'],
    ['{{ a | }}', 1, 'Syntax error'],
    ['\n{% for x of y %}{% endfor %}', 2, 'Syntax error in {% for x of y %}'],
    ['{% if a %}\n{% for b in c %}\n{% endif %}', 3, '{% endif %} comes before {% for %} of line 2'],
    ['a\n{% endif %}', 2, '{% endif %} closes nothing'],
    ['{% else %}', 1, '{% else %} stands outside'],
    ['{% foreach x in y %}', 1, 'Unknown statement {% foreach %}'],
    ['a\n{{ }}', 2, '{{ }} is empty'],
  ]
  for (const [source, line, words] of cases) {
    const issue = compileTemplate(source).issues[0]
    expect(issue?.message, source).toContain(words)
    expect(issue?.line, source).toBe(line)
  }
})

test('lines of variables are right after loops, filters, tests and keywords of the same name', () => {
  const source = [
    '{% for item in items if item is defined and item %}',
    '{{ item.name | default("x") }}',
    '{% endfor %}',
    '{{ name }}',
    '{{ item }}',
  ].join('\n')
  const { template } = compileTemplate(source, 10)
  expect(template?.variables).toEqual([
    { name: 'items', line: 10, isProbe: false },
    { name: 'name', line: 13, isProbe: false },
    { name: 'item', line: 14, isProbe: false },
  ])
})

test('every letter of a value is masked, and no other letter', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', ':', '\n', '#', ' ', '{', '%', '😀', '\u{FDD0}', '\u{FDD1}', '\u{FDD2}'),
  })
  fc.assert(
    fc.property(text, text, (one, two) => {
      const { text: rendered, mask } = renderMarked(
        'L{{ a }}M{% for x in b %}{{ x | trim }}{% endfor %}{{ a ~ "t" }}R',
        { a: one, b: [two] },
      )
      expect(mask).toHaveLength(rendered.length)
      expect(mask.replaceAll(valueLetter, '')).toBe('LMR')
      expect(rendered).not.toMatch(/[\u{FDD0}-\u{FDD2}]/u)
    }),
  )
})

test('any text compiles or is reported, and what compiles renders or throws one of our errors', () => {
  const piece = fc.constantFrom(
    '{{',
    '}}',
    '{%',
    '%}',
    '{#',
    '#}',
    ' if ',
    ' for ',
    ' in ',
    'x',
    'endif',
    'endfor',
    '"',
    "'",
    '[',
    ']',
    '(',
    ')',
    '|',
    '.',
    '-',
    'set ',
    '=',
    '1',
    '\n',
    'is defined',
    'macro ',
    '{',
    '}',
    ',',
  )
  const outcomeOf = (source: string): string => {
    const { template, issues } = compileTemplate(source)
    if (!template) return issues.length > 0 ? 'reported' : 'silent'
    try {
      renderTemplate(template, { x: [1, 2] }, { file: 'p' })
      return 'rendered'
    } catch (error) {
      return isAppError(error) ? error.code : String(error)
    }
  }
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
      expect(['reported', 'rendered', 'app_invalid']).toContain(outcomeOf(pieces.join('')))
    }),
    { numRuns: 1000 },
  )
})
