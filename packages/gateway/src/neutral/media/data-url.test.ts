import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDataUrl, toDataUrl } from './data-url.ts'
import { joinBase64 } from './join-base64.ts'

test('A4.19 a data URL with parameters, without a type, and one that is no base64', () => {
  expect(parseDataUrl('data:image/png;charset=utf-8;base64,AAAA')).toEqual({
    mediaType: 'image/png',
    data: 'AAAA',
  })
  expect(parseDataUrl('data:;base64,AAAA')).toEqual({ mediaType: 'text/plain', data: 'AAAA' })
  expect(parseDataUrl('data:image/svg+xml,%3Csvg%2F%3E')).toEqual({
    mediaType: 'image/svg+xml',
    data: Buffer.from('<svg/>').toString('base64'),
  })
  expect(parseDataUrl('data:text/plain,100%')).toEqual({
    mediaType: 'text/plain',
    data: Buffer.from('100%').toString('base64'),
  })
})

test('an address is no data URL', () => {
  expect(parseDataUrl('https://example.com/a.png')).toBeUndefined()
  expect(parseDataUrl('data:image/png')).toBeUndefined()
})

test('what is written is read again, byte for byte', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const data = Buffer.from(bytes).toString('base64')
      expect(parseDataUrl(toDataUrl('image/png', data))).toEqual({ mediaType: 'image/png', data })
    }),
  )
})

test('base64 in pieces of any length is the base64 of the whole', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 5 })), (pieces) => {
      const encoded = pieces.map((piece) => Buffer.from(piece).toString('base64'))
      expect(joinBase64(encoded)).toBe(Buffer.concat(pieces).toString('base64'))
    }),
  )
})
