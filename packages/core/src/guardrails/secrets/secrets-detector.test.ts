import { localDetectorSpec } from '@ratchet/contract'
import { describe, expect, test } from 'vitest'
import { makeDetector } from '../make-detector.ts'
import { measureEntropy } from './measure-entropy.ts'

const detector = makeDetector(localDetectorSpec.parse({ type: 'secrets' }))
const kindsIn = (text: string): string[] => detector.scan(text).map(({ kind }) => kind)
const shown = (text: string): string[] => detector.scan(text).map(({ start, end }) => text.slice(start, end))

// Put together here, so that nobody's secret scanner takes these for leaks.
const random = 'aB3dE5gH7jK9mN1pQ4sT6vW8yZ0cX2fL5rU7kP9qR3tMvB6nH8jG4dS1wE0xC5zA7yTq'
const hex = '9f3a1c7be05d48269b1e7f30c4a85d12e6f907b3418cda25607fe1b9c3d8a450'
const of = (prefix: string, length: number, from = random): string =>
  [prefix, from.repeat(4).slice(0, length)].join('')

const keys: readonly [kind: string, key: string][] = [
  ['aws-access-key', of('AKIA', 16, 'Z7Q3MX2LWB5TYPOC')],
  ['gcp-api-key', of('AIza', 35)],
  ['github-token', of('ghp_', 36)],
  ['github-token', of('github_pat_', 82)],
  ['gitlab-token', of('glpat-', 20)],
  ['slack-token', `${of('xoxb-', 12, '731958264017')}-${of('', 24)}`],
  ['stripe-key', of('sk_live_', 24)],
  ['openai-key', of('sk-proj-', 120)],
  ['openai-key', of('sk-', 48)],
  ['anthropic-key', of('sk-ant-api03-', 95)],
  ['openrouter-key', of('sk-or-v1-', 64, hex)],
  ['provider-key', of('sk-', 32, hex)],
  ['hugging-face-token', of('hf_', 34)],
  ['npm-token', of('npm_', 36)],
  ['sendgrid-key', `${of('SG.', 22)}.${of('', 43)}`],
  ['databricks-token', of('dapi', 32, hex)],
  ['vault-token', of('hvs.', 90)],
  ['ratchet-key', `${of('rk_', 12)}_${of('', 43)}`],
  ['jwt', [of('eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.', 43)].join('')],
]

test.each(keys)('a %s is found exactly', (kind, key) => {
  expect(kindsIn(`Use ${key} for this.`)).toEqual([kind])
  for (const around of ['"%"', "key='%'", '(%)', 'Bearer %,', 'https://x.example/?key=%&a=1'])
    expect(shown(around.replace('%', key))).toContain(key)
})

test.each(keys)('a %s that was cut or goes on is none of its kind', (kind, key) => {
  if (kind === 'jwt' || kind === 'ratchet-key' || kind === 'anthropic-key') return
  expect(kindsIn(key.slice(0, 12))).toEqual([])
  expect(kindsIn(`x${key}`)).not.toContain(kind)
})

describe('private keys', () => {
  const line = of('', 64)
  const block = (label: string, lines: number): string =>
    [
      `-----BEGIN ${label}-----`,
      ...Array.from({ length: lines }, () => line),
      of('', 20),
      `-----END ${label}-----`,
    ].join('\n')

  test.each([
    'RSA PRIVATE KEY',
    'PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'EC PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ])('%s is found from frame to frame', (label) => {
    const key = block(label, 5)
    expect(shown(`a\n${key}\nb`)).toEqual([key])
  })

  test('is found on one line of JSON', () => {
    const key = block('PRIVATE KEY', 4).replaceAll('\n', '\\n')
    expect(shown(`{"private_key": "${key}\\n"}`)).toEqual([key])
  })

  test('is found without its end, up to the last line of key text', () => {
    const cut = block('RSA PRIVATE KEY', 3).split('\n').slice(0, 4).join('\n')
    expect(shown(`${cut}\n\nThat is all I have. Can you help me with it, please?`)[0]?.startsWith(cut)).toBe(
      true,
    )
    expect(shown(`${cut}\n\nThat is all I have. Can you help me with it, please?`)[0]).not.toContain('help')
  })

  test.each(['CERTIFICATE', 'PUBLIC KEY', 'RSA PUBLIC KEY'])('%s is no secret', (label) => {
    expect(kindsIn(block(label, 5))).toEqual([])
  })

  test('in prose or as an outline is none', () => {
    expect(
      kindsIn('A file that starts with -----BEGIN PRIVATE KEY----- holds a key and must be kept safe.'),
    ).toEqual([])
    expect(kindsIn('-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----')).toEqual([])
  })
})

test.each<[string, string, string]>([
  ['password', 'password = "Tr0ub4dor&3"', 'Tr0ub4dor&3'],
  ['password', "DB_PASSWORD='k9#mZ2!pLq'", 'k9#mZ2!pLq'],
  ['password', 'My password is hunter2x!', 'hunter2x'],
  ['password', 'Das Passwort lautet Sommer2024x', 'Sommer2024x'],
  ['password', 'Contraseña: Perro2024x', 'Perro2024x'],
  ['generic-secret', 'api_key: 9f86d081884c7d659a2feaa0c55ad015', '9f86d081884c7d659a2feaa0c55ad015'],
  ['generic-secret', '"client_secret":"Zx81kLmP02qRtV7w"', 'Zx81kLmP02qRtV7w'],
  ['aws-secret-key', `aws_secret_access_key=${of('', 40)}`, of('', 40)],
  ['azure-storage-key', `AccountKey=${of('', 86)}==;EndpointSuffix=x`, `${of('', 86)}==`],
  ['connection-string', 'postgres://app:s3cr3tPw@db.example.com/x', 's3cr3tPw'],
  ['connection-string', 'https://user:p%40ss9w0rd@host.example', 'p%40ss9w0rd'],
])('%s: the value in "%s" is found without its name', (kind, text, value) => {
  expect(kindsIn(text)).toEqual([kind])
  expect(shown(text)).toEqual([value])
})

test.each([
  'AKIAIOSFODNN7EXAMPLE',
  'sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  'api_key = "your-api-key-here-12345"',
  'password: ${DB_PASSWORD}',
  'token = process.env.API_TOKEN_2',
  'the password is required and must have 8 characters',
  'max_tokens: 4096, token_type: "bearer", tokens=1200000',
  'secretName: my-app-tls-2',
  'password = getPassword1(user)',
  'postgres://user:password@localhost:5432/db',
  'commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b',
  'integrity="sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg=="',
  'session_id: 550e8400-e29b-41d4-a716-446655440000',
  'const secretKey = keys[0].secret1',
  'if (password == other1) return',
])('"%s" holds no secret', (text) => {
  expect(kindsIn(text)).toEqual([])
})

test('allowed values are not reported', () => {
  const key = of('ghp_', 36)
  const lenient = makeDetector(localDetectorSpec.parse({ type: 'secrets', allow: [key] }))
  expect(lenient.scan(`Use ${key}.`)).toEqual([])
})

test('findings never hold the secret', () => {
  const key = of('ghp_', 36)
  expect(JSON.stringify(detector.scan(`Use ${key}.`))).not.toContain(key.slice(4, 12))
})

test('entropy is 0 for one character and log2(n) for n different ones', () => {
  expect(measureEntropy('aaaa')).toBe(0)
  expect(measureEntropy('abcd')).toBe(2)
  expect(measureEntropy('')).toBe(0)
})
