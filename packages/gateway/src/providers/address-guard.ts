import { lookup as lookupAddress, type LookupAddress } from 'node:dns'
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net'
import { AppError } from '@ratchet/contract'

const forbidden = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  forbidden.addSubnet(network, prefix, 'ipv4')
}
for (const [network, prefix] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  forbidden.addSubnet(network, prefix, 'ipv6')
}

/** True for addresses that only our own network or machine can mean: loopback, private, link-local, and tunnels to them. */
export function isPrivateAddress(address: string): boolean {
  // IPv4 within IPv6 (::ffff:10.0.0.1) is checked by BlockList against the IPv4 rules.
  return forbidden.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

/** Throws `address_forbidden` when a host is written as a private address; names are checked by {@link guardedLookup}. */
export function checkLiteralAddress(host: string): void {
  const address = host.replace(/^\[|\]$/g, '')
  if (isIP(address) !== 0 && isPrivateAddress(address)) throw forbiddenAddress(host, address)
}

/**
 * Resolves a name and refuses it when any of its addresses is private. The connection is made to the very
 * addresses that were checked, so a name that changes its answer in between gains nothing.
 */
export const guardedLookup: LookupFunction = (hostname, options, callback) => {
  lookupAddress(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
    if (error) return callback(error, [])
    const bad = addresses.find(({ address }) => isPrivateAddress(address))
    if (bad !== undefined) return callback(forbiddenAddress(hostname, bad.address), [])
    const [first] = addresses
    if (options.all === true || first === undefined) callback(null, addresses)
    else callback(null, first.address, first.family)
  })
}

function forbiddenAddress(host: string, address: string): AppError {
  const where = host === address ? address : `${host} (${address})`
  return new AppError('address_forbidden', {
    message: `The connection points to ${where}, an address of a private network. If that is meant, allow it for this connection with --allow-private.`,
    details: { host, address },
  })
}
