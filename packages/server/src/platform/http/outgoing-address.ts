import { lookup } from 'node:dns/promises'
import { isIP } from 'node:net'
import { AppError } from '@ratchet/contract'

/** `private`: loopback and networks of your own. `forbidden`: never a model server (metadata services, multicast, reserved). */
export type AddressClass = 'public' | 'private' | 'forbidden'

/** Finds every address of a host name; rejects when there is none. */
export type ResolveHost = (host: string) => Promise<readonly string[]>

const resolveTimeoutMs = 5_000

const privateRanges: readonly [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
]
const forbiddenRanges: readonly [string, number][] = [
  // The metadata service of one cloud lies inside the carrier range.
  ['100.100.100.200', 32],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
]

/** Sorts an IP address, looking through the IPv6 forms that carry an IPv4 address (mapped, NAT64, 6to4). */
export function classifyAddress(address: string): AddressClass {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  const version = isIP(bare)
  if (version === 4) return classifyVersion4(numberOf(bare))
  return version === 6 ? classifyVersion6(groupsOf(bare)) : 'forbidden'
}

function classifyVersion4(address: number): AddressClass {
  const isIn = ([base, bits]: readonly [string, number]): boolean =>
    Math.floor(address / 2 ** (32 - bits)) === Math.floor(numberOf(base) / 2 ** (32 - bits))
  if (forbiddenRanges.some(isIn)) return 'forbidden'
  return privateRanges.some(isIn) ? 'private' : 'public'
}

function classifyVersion6(groups: readonly number[]): AddressClass {
  const [first = 0, second = 0, third = 0] = groups
  const startsWith = (...wanted: number[]): boolean => wanted.every((group, index) => groups[index] === group)
  const tail = (groups[6] ?? 0) * 65_536 + (groups[7] ?? 0)
  if (startsWith(0, 0, 0, 0, 0, 0)) return tail <= 1 ? 'private' : classifyVersion4(tail)
  if (startsWith(0, 0, 0, 0, 0, 0xffff) || startsWith(0, 0, 0, 0, 0xffff, 0)) return classifyVersion4(tail)
  if (startsWith(0x64, 0xff9b, 0, 0, 0, 0)) return classifyVersion4(tail)
  if (startsWith(0x64, 0xff9b, 1)) return 'private'
  if (first === 0x2002) return classifyVersion4(second * 65_536 + third)
  // Instance metadata on IPv6.
  if (startsWith(0xfd00, 0x0ec2)) return 'forbidden'
  if ((first & 0xfe00) === 0xfc00) return 'private'
  const isGlobal = (first & 0xe000) === 0x2000
  const isTunnelOrExample = startsWith(0x2001, 0) || startsWith(0x2001, 0xdb8)
  return isGlobal && !isTunnelOrExample ? 'public' : 'forbidden'
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** The eight groups of an IPv6 address; URL brings it into the canonical form first. */
function groupsOf(address: string): number[] {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [head = '', tail] = canonical.split('::')
  const parse = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => parseInt(group, 16))
  if (tail === undefined) return parse(head)
  const before = parse(head)
  const after = parse(tail)
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}

/** Throws `address_forbidden` unless the address may be called. */
export function assertAddressAllowed(
  address: string,
  options: { host: string; allowPrivate: boolean },
): void {
  const found = classifyAddress(address)
  if (found === 'public' || (found === 'private' && options.allowPrivate)) return
  const shown = options.host === address ? `"${address}"` : `"${options.host}" (${address})`
  const message =
    found === 'private'
      ? `${shown} is an address of a private network. Allow it with --allow-private if it is your own model server.`
      : `${shown} is not an address that a model server can have. Check the URL.`
  throw new AppError('address_forbidden', { message, details: { host: options.host, address, class: found } })
}

/** Addresses of a name as the operating system finds them, within a deadline. */
export const resolveHost: ResolveHost = async (host) => {
  const addresses = await withDeadline(lookup(host, { all: true, verbatim: true }), host)
  return addresses.map((each) => each.address)
}

/** The addresses of a host, all of them allowed: one bad address among them could be the one that is called. */
export async function resolveAllowed(
  host: string,
  options: { allowPrivate: boolean; resolve: ResolveHost },
): Promise<readonly string[]> {
  const bare = host.replace(/^\[|\]$/g, '')
  const addresses = isIP(bare) ? [bare] : await options.resolve(bare)
  for (const address of addresses)
    assertAddressAllowed(address, { host: bare, allowPrivate: options.allowPrivate })
  return addresses
}

async function withDeadline<Value>(work: Promise<Value>, host: string): Promise<Value> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(Object.assign(new Error(`looking up "${host}" took too long`), { code: 'ETIMEOUT' })),
      resolveTimeoutMs,
    )
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
