import { expect, test } from 'vitest'
import { readImageSize } from './image-size.ts'

const base64 = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('base64')

test('a PNG names its size in its first chunk', () => {
  const png = base64('89504e47 0d0a1a0a 0000000d 49484452 00000780 00000438 0806000000')
  expect(readImageSize(png)).toEqual({ width: 1920, height: 1080 })
})

test('a GIF names its size behind its version', () => {
  expect(readImageSize(base64('474946383961 2003 5802 f70000'))).toEqual({ width: 800, height: 600 })
})

test('a JPEG names its size in its frame, behind other segments and filling bytes', () => {
  const exif = `ffe1 0010 ${'00'.repeat(14)}`
  const table = 'ffc4 0004 0000'
  const frame = 'ffff c2 0011 08 0258 0320 03011100021101031101'
  expect(readImageSize(base64(`ffd8 ${exif} ${table} ${frame}`))).toEqual({ width: 800, height: 600 })
})

test('the three kinds of WebP each name their size', () => {
  const riff = '52494646 00000000 57454250'
  expect(readImageSize(base64(`${riff} 56503820 00000000 300000 9d012a 2003 5802`))).toEqual({
    width: 800,
    height: 600,
  })
  const bits = ((600 - 1) << 14) | (800 - 1)
  const lossless = Buffer.alloc(9)
  lossless.writeUInt8(0x2f, 0)
  lossless.writeUInt32LE(bits, 1)
  const head = `${riff} 5650384c 00000000 ${lossless.toString('hex')}`
  expect(readImageSize(base64(head))).toEqual({ width: 800, height: 600 })
  expect(readImageSize(base64(`${riff} 56503858 0000000a 00000000 1f0300 570200`))).toEqual({
    width: 800,
    height: 600,
  })
})

test('anything else has no size: text, heads that are cut, a JPEG that ends before its frame', () => {
  for (const data of ['', 'AAAA', 'not base64 at all', base64('89504e47'), base64('ffd8 ffe1 0010 0000')]) {
    expect(readImageSize(data)).toBeUndefined()
  }
})
