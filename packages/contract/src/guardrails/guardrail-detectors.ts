import { z } from 'zod'

/** Personal data that can be told by its form. Names and addresses need a model. */
export const piiKinds = [
  'email',
  'phone',
  'credit-card',
  'iban',
  'ip',
  'mac',
  'crypto-wallet',
  'passport',
  'ssn-us',
  'itin-us',
  'sin-ca',
  'nhs-uk',
  'nino-uk',
  'dni-es',
  'nie-es',
  'codice-fiscale-it',
  'pesel-pl',
  'steuer-id-de',
  'nir-fr',
  'bsn-nl',
  'national-number-be',
  'ahv-ch',
  'nif-pt',
  'personnummer-se',
  'fodselsnummer-no',
  'hetu-fi',
  'aadhaar-in',
  'pan-in',
  'cpf-br',
  'tfn-au',
  'nric-sg',
  'rrn-kr',
  'resident-id-cn',
  'thai-id-th',
] as const
export type PiiKind = (typeof piiKinds)[number]

/** Kinds that the `injection` detector tells apart. */
export const injectionKinds = [
  'override',
  'extraction',
  'persona',
  'role-marker',
  'hidden-instruction',
  'encoded',
  'exfiltration',
] as const
export type InjectionKind = (typeof injectionKinds)[number]

/** Findings that score lower are not reported. */
const minScore = z.number().min(0).max(1).default(0.5)
const phrases = z.array(z.string().min(1).max(200)).max(50_000)
const domains = z
  .array(
    z
      .string()
      .max(253)
      .regex(
        /^(?:\*\.)?[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)*$/u,
        'write a domain such as "example.com" (which includes its subdomains), without scheme or path',
      ),
  )
  .max(10_000)

/** Checks that run inside the gateway, without another service. */
export const localDetectorSpec = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('pii'),
    /** Without one: all. */
    kinds: z.array(z.enum(piiKinds)).min(1).optional(),
    minScore,
  }),
  z.strictObject({ type: z.literal('secrets'), minScore, allow: phrases.default([]) }),
  z.strictObject({
    type: z.literal('injection'),
    kinds: z.array(z.enum(injectionKinds)).min(1).optional(),
    minScore,
    /** A sentence that holds one of these is not reported. */
    allow: phrases.default([]),
  }),
  z.strictObject({ type: z.literal('invisible') }),
  z.strictObject({
    type: z.literal('words'),
    deny: phrases.min(1),
    /** Longer phrases that a denied word may stand in. */
    allow: phrases.default([]),
    wholeWord: z.boolean().default(true),
  }),
  z.strictObject({
    type: z.literal('regex'),
    /** RE2 syntax: no look-around, no back-references; time is linear in the length of the text. */
    pattern: z.string().min(1).max(1000),
    ignoreCase: z.boolean().default(false),
    /** Name of what it finds, used in labels such as `[TICKET]`. */
    kind: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'use 1 to 40 lower-case letters, digits and "-"')
      .default('match'),
  }),
  z.strictObject({
    type: z.literal('json-schema'),
    schema: z.record(z.string(), z.json()),
    /** Also accept the JSON inside one Markdown code fence. */
    allowFence: z.boolean().default(false),
  }),
  z.strictObject({
    type: z.literal('length'),
    minCharacters: z.number().int().min(1).optional(),
    maxCharacters: z.number().int().min(1).optional(),
    /** Tokens are estimated, within about 15 % for English. */
    minTokens: z.number().int().min(1).optional(),
    maxTokens: z.number().int().min(1).optional(),
  }),
  z.strictObject({
    type: z.literal('language'),
    /** ISO 639-1 codes. */
    allow: z.array(z.string().regex(/^[a-z]{2}$/, 'write an ISO 639-1 code such as "en"')).min(1),
    /** Shorter texts are not judged. */
    minLetters: z.number().int().min(1).default(20),
  }),
  z.strictObject({
    type: z.literal('url'),
    /** With it, every other domain is reported. */
    allow: domains.optional(),
    deny: domains.default([]),
    httpsOnly: z.boolean().default(true),
    allowIpHosts: z.boolean().default(false),
  }),
  z.strictObject({
    type: z.literal('canary'),
    /** Texts planted in prompts and documents that must never come back. */
    tokens: z.array(z.string().min(8).max(200)).min(1).max(1000),
  }),
  z.strictObject({ type: z.literal('refusal') }),
])
export type LocalDetectorSpec = z.output<typeof localDetectorSpec>

/** Local detectors that cannot judge a part of a text. */
export const wholeTextTypes: ReadonlySet<string> = new Set(['json-schema', 'length', 'language', 'refusal'])
