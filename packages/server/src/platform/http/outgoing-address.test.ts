import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { assertAddressAllowed, classifyAddress, resolveAllowed } from './outgoing-address.ts'
import { getOutgoing } from './outgoing-request.ts'

test.each([
  ['8.8.8.8', 'public'],
  ['1.1.1.1', 'public'],
  ['172.32.0.1', 'public'],
  ['2606:4700:4700::1111', 'public'],
  ['127.0.0.1', 'private'],
  ['127.255.255.254', 'private'],
  ['0.0.0.0', 'private'],
  ['10.1.2.3', 'private'],
  ['172.16.0.1', 'private'],
  ['172.31.255.255', 'private'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['::1', 'private'],
  ['::', 'private'],
  ['fd12:3456::1', 'private'],
  ['::ffff:127.0.0.1', 'private'],
  ['::ffff:7f00:1', 'private'],
  ['::127.0.0.1', 'private'],
  ['64:ff9b::10.0.0.1', 'private'],
  ['64:ff9b::808:808', 'public'],
  ['2002:7f00:1::', 'private'],
  ['169.254.169.254', 'forbidden'],
  ['::ffff:169.254.169.254', 'forbidden'],
  ['64:ff9b::a9fe:a9fe', 'forbidden'],
  ['100.100.100.200', 'forbidden'],
  ['fe80::1%eth0', 'forbidden'],
  ['fd00:ec2::254', 'forbidden'],
  ['224.0.0.1', 'forbidden'],
  ['255.255.255.255', 'forbidden'],
  ['ff02::1', 'forbidden'],
  ['2001:db8::1', 'forbidden'],
  ['not-an-address', 'forbidden'],
])('%s is %s', (address, expected) => {
  expect(classifyAddress(address)).toBe(expected)
})

test('an IPv4 address is sorted the same when IPv6 carries it', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      // ::0.0.0.0 and ::0.0.0.1 are IPv6's own unspecified and loopback addresses.
      const sorted = classifyAddress(address)
      expect(classifyAddress(`::ffff:${address}`)).toBe(sorted)
      expect(classifyAddress(`64:ff9b::${address}`)).toBe(sorted)
    }),
  )
})

test('every IPv6 address is sorted without an error', () => {
  fc.assert(fc.property(fc.ipV6(), (address) => void classifyAddress(address)))
})

test('private addresses are refused with the way to allow them; link-local ones are never allowed', () => {
  const local = { host: 'models.local', allowPrivate: false }
  expect(() => assertAddressAllowed('10.0.0.5', local)).toThrow(
    /"models.local" \(10.0.0.5\).*--allow-private/,
  )
  expect(() => assertAddressAllowed('10.0.0.5', { ...local, allowPrivate: true })).not.toThrow()
  expect(() => assertAddressAllowed('169.254.169.254', { ...local, allowPrivate: true })).toThrow(
    /not an address/,
  )
})

test('one private address among several refuses the whole name', async () => {
  const resolve = async () => ['8.8.8.8', '127.0.0.1']
  await expect(resolveAllowed('mixed.example', { allowPrivate: false, resolve })).rejects.toMatchObject({
    code: 'address_forbidden',
  })
})

describe('a request to an address that a user gave', () => {
  let server: Server
  let port = 0
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/hang') return
      if (request.url === '/moved')
        return response.writeHead(302, { location: 'http://169.254.169.254/' }).end()
      response.setHeader('content-type', 'application/json')
      response.end(
        request.url === '/long' ? 'x'.repeat(5000) : JSON.stringify({ host: request.headers.host }),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => void server.close())

  const get = (url: string, more: Partial<Parameters<typeof getOutgoing>[1]> = {}) =>
    getOutgoing(new URL(url), {
      headers: {},
      allowPrivate: true,
      timeoutMs: 20_000,
      answerLimitBytes: 1000,
      ...more,
    })

  test('reaches the resolved address under the name that was given', async () => {
    const answer = await get(`http://models.example:${port}/`, { resolve: async () => ['127.0.0.1'] })
    expect(answer).toMatchObject({ status: 200, text: `{"host":"models.example:${port}"}` })
  })

  test('is refused at connect when the name points into a private network', async () => {
    const call = get(`http://models.example:${port}/`, {
      allowPrivate: false,
      resolve: async () => ['127.0.0.1'],
    })
    await expect(call).rejects.toMatchObject({ code: 'address_forbidden' })
    await expect(get(`http://127.0.0.1:${port}/`, { allowPrivate: false })).rejects.toMatchObject({
      code: 'address_forbidden',
    })
    await expect(get(`http://[::1]:${port}/`, { allowPrivate: false })).rejects.toMatchObject({
      code: 'address_forbidden',
    })
  })

  test('does not follow a redirect, stops at the deadline and refuses an endless answer', async () => {
    expect((await get(`http://127.0.0.1:${port}/moved`)).status).toBe(302)
    await expect(get(`http://127.0.0.1:${port}/hang`, { timeoutMs: 50 })).rejects.toMatchObject({
      name: 'AbortError',
    })
    await expect(get(`http://127.0.0.1:${port}/long`)).rejects.toThrow(/longer than 1000 bytes/)
  })
})
