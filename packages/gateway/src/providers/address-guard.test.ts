import { expect, test } from 'vitest'
import { checkLiteralAddress, guardedLookup, isPrivateAddress } from './address-guard.ts'

test.each([
  '127.0.0.1',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.0.1',
  '169.254.169.254',
  '100.100.0.1',
  '0.0.0.0',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '::ffff:10.0.0.1',
  'fe80::1',
  'fd00::1',
  '64:ff9b::7f00:1',
])('%s is private', (address) => {
  expect(isPrivateAddress(address)).toBe(true)
})

test.each(['8.8.8.8', '172.32.0.1', '1.1.1.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
  '%s is public',
  (address) => {
    expect(isPrivateAddress(address)).toBe(false)
  },
)

test('a host written as a private address is refused with the way to allow it', () => {
  expect(() => checkLiteralAddress('[::1]')).toThrow('--allow-private')
  expect(() => checkLiteralAddress('example.com')).not.toThrow()
})

test('a name that resolves to a private address is refused at the moment of connecting', async () => {
  const error = await new Promise((resolve) =>
    guardedLookup('localhost', { all: true }, (found) => resolve(found)),
  )
  expect(error).toMatchObject({ code: 'address_forbidden' })
})
