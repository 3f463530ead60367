import { AppError, type LocalDetectorSpec } from '@ratchet/contract'
import type { Candidate } from '../choose-candidates.ts'
import type { Detector } from '../finding.ts'
import { makeLocalDetector } from '../local-detector.ts'
import { isLetter, isWord, isWordAt } from '../matching/characters.ts'
import { isLookAlike } from '../matching/look-alike.ts'

type UrlSpec = Extract<LocalDetectorSpec, { type: 'url' }>
type Rules = {
  readonly allow: readonly string[] | undefined
  readonly deny: readonly string[]
  readonly spec: UrlSpec
}

const anyLetter = /[\p{L}\p{N}\p{M}]/u
const urlLimit = 2048
const schemeLimit = 12
// Longest host name, with room for a user before it.
const originLimit = 600

/**
 * Addresses that break the rules: denied or not allowed domains, no TLS, a user name before the host, a bare
 * IP address as host, or a name that imitates another with letters of other scripts.
 */
export function makeUrlDetector(spec: UrlSpec): Detector {
  const rules = { allow: spec.allow?.map(readDomain), deny: spec.deny.map(readDomain), spec }
  return makeLocalDetector({
    name: 'url',
    maxMatchLength: urlLimit + schemeLimit,
    lookBehind: schemeLimit + 2,
    minScore: 0,
    find: (text, from) => {
      const found: Candidate[] = []
      let reach = from
      const inOrder = [...findUrls(text, from)].toSorted((one, other) => one.start - other.start)
      for (const { start, colon } of inOrder) {
        // What stands inside an address that was found needs no finding of its own.
        const kind = start >= reach ? judge(originOf(text, start, colon), rules) : undefined
        if (kind === undefined) continue
        reach = endOfUrl(text, start, colon)
        found.push({ kind, start, end: reach, score: 1 })
      }
      return found
    },
    openAt,
  })
}

type Place = { readonly start: number; readonly colon: number }

/** Those with a scheme, then those that begin with `www.`. */
function* findUrls(text: string, from: number): Generator<Place> {
  const first = Math.max(0, from - schemeLimit)
  for (let at = text.indexOf(':', first); at >= 0; at = text.indexOf(':', at + 1)) {
    const start = schemeStart(text, at)
    if (start === at) continue
    const scheme = text.slice(start, at).toLowerCase()
    if (text.startsWith('//', at + 1) || isScript(scheme, text, at)) yield { start, colon: at }
  }
  for (let at = text.indexOf('www.', from); at >= 0; at = text.indexOf('www.', at + 4))
    if (at === 0 || !(isWordAt(text, at - 1) || '/.@-'.includes(text.charAt(at - 1))))
      yield { start: at, colon: at }
}

/** First address that the end of the text may have cut off; else the last few units, where a scheme may begin. */
function openAt(text: string, from: number): number {
  const tail = Math.max(from, text.length - schemeLimit - 3)
  let open = tail
  for (const { start } of findUrls(text, Math.max(from, text.length - urlLimit - schemeLimit)))
    if (start < open && rawEnd(text, start) >= text.length) open = start
  return Math.max(from, open)
}

function schemeStart(text: string, colon: number): number {
  let start = colon
  while (start > 0 && colon - start < schemeLimit && isSchemeCharacter(text.charCodeAt(start - 1))) start -= 1
  while (start < colon && !isLetter(text.charCodeAt(start))) start += 1
  return start
}

function isSchemeCharacter(code: number): boolean {
  return isWord(code) || code === 43
}

function isScript(scheme: string, text: string, colon: number): boolean {
  if (scheme === 'javascript' || scheme === 'vbscript') return isWord(text.charCodeAt(colon + 1))
  return scheme === 'data' && text.startsWith('text/html', colon + 1)
}

/** End of what can belong to an address, closing punctuation included. */
function rawEnd(text: string, start: number): number {
  let depth = 0
  let at = start
  for (; at < text.length && at - start < urlLimit && isUrlCharacter(text, at); at += 1) {
    const code = text.charCodeAt(at)
    if (code === 40) depth += 1
    if (code === 41 && --depth < 0) break
  }
  return at
}

function isUrlCharacter(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code > 127) return isSurrogate(code) || anyLetter.test(text.charAt(at))
  return code > 32 && code < 127 && !'"<>`\\^{}|'.includes(text.charAt(at))
}

function endOfUrl(text: string, start: number, colon: number): number {
  return trimMarks(text, { start, end: rawEnd(text, start), colon })
}

/** Takes off marks that belong to the sentence. A bracket that was opened inside belongs to the address. */
function trimMarks(
  text: string,
  { start, end, colon }: { start: number; end: number; colon: number },
): number {
  let last = end
  while (last > colon + 1 && '.,;:!?*_~\'")]'.includes(text.charAt(last - 1))) {
    const bracket = ')]'.indexOf(text.charAt(last - 1))
    if (bracket >= 0 && text.slice(start, last).includes('(['.charAt(bracket))) break
    last -= 1
  }
  return last
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff
}

const insecure = new Set(['http:', 'ftp:', 'ws:', 'file:', 'javascript:', 'vbscript:', 'data:'])

/** Scheme, user and host, which is all that is judged: an address in a query is found on its own. */
function originOf(text: string, start: number, colon: number): string {
  let end = text.startsWith('//', colon + 1) ? colon + 3 : colon
  const limit = Math.min(text.length, end + originLimit)
  while (end < limit && isUrlCharacter(text, end) && !'/?#'.includes(text.charAt(end))) end += 1
  return text.slice(start, trimMarks(text, { start, end, colon }))
}

/** The first rule the address breaks, most telling first; undefined when it breaks none. */
function judge(address: string, { allow, deny, spec }: Rules): string | undefined {
  const url = URL.parse(address.startsWith('www.') ? `https://${address}` : address)
  if (!url) return allow || /^https?:\/\/.*[@[%]/i.test(address) ? 'invalid-url' : undefined
  const host = url.hostname.replace(/\.$/, '')
  const isWeb = url.protocol === 'https:' || url.protocol === 'http:' || url.protocol.startsWith('ws')
  if (deny.some((domain) => isWithin(host, domain))) return 'denied-domain'
  if (isWeb && (url.username !== '' || url.password !== '')) return 'url-with-user'
  if (isLookAlike(host)) return 'look-alike-domain'
  if (isWeb && !spec.allowIpHosts && /^(?:[\d.]+|\[.*\])$/.test(host)) return 'ip-host'
  if (spec.httpsOnly && insecure.has(url.protocol)) return 'insecure-url'
  if (allow && isWeb && !allow.some((domain) => isWithin(host, domain))) return 'domain-not-allowed'
  return undefined
}

function isWithin(host: string, domain: string): boolean {
  if (domain.startsWith('*.')) return host.endsWith(domain.slice(1))
  return host === domain || host.endsWith(`.${domain}`)
}

/** The domain as it stands in a parsed address: lower case, other scripts in punycode. */
function readDomain(domain: string, index: number): string {
  const plain = domain.startsWith('*.') ? domain.slice(2) : domain
  const url = URL.parse(`https://${plain}/`)
  if (!url)
    throw new AppError('validation_failed', {
      message: `"${domain}" is not a domain. Write one such as "example.com", without scheme or path.`,
      details: { index, domain },
    })
  return domain.startsWith('*.') ? `*.${url.hostname}` : url.hostname
}
