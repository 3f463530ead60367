/** Width and height of an image in pixels. */
export type ImageSize = { readonly width: number; readonly height: number }

/** JPEG keeps its size behind colour profiles and thumbnails, which may be long. */
const headBytes = 192 * 1024

/** The size that a PNG, JPEG, GIF or WebP image names in its head; undefined for any other base64. */
export function readImageSize(data: string): ImageSize | undefined {
  const bytes = Buffer.from(data.slice(0, Math.ceil(headBytes / 3) * 4), 'base64')
  const size = readPng(bytes) ?? readGif(bytes) ?? readWebp(bytes) ?? readJpeg(bytes)
  return size === undefined || size.width === 0 || size.height === 0 ? undefined : size
}

function readPng(bytes: Buffer): ImageSize | undefined {
  const isPng = bytes.length >= 24 && bytes.readUInt32BE(0) === 0x89504e47 && hasWord(bytes, 12, 'IHDR')
  return isPng ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) } : undefined
}

function readGif(bytes: Buffer): ImageSize | undefined {
  const isGif = bytes.length >= 10 && hasWord(bytes, 0, 'GIF8')
  return isGif ? { width: bytes.readUInt16LE(6), height: bytes.readUInt16LE(8) } : undefined
}

/** The three kinds of WebP each keep their size elsewhere. */
function readWebp(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 25 || !hasWord(bytes, 0, 'RIFF') || !hasWord(bytes, 8, 'WEBP')) return undefined
  if (hasWord(bytes, 12, 'VP8L')) {
    const bits = bytes.readUInt32LE(21)
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
  }
  if (bytes.length < 30) return undefined
  if (hasWord(bytes, 12, 'VP8X'))
    return { width: bytes.readUIntLE(24, 3) + 1, height: bytes.readUIntLE(27, 3) + 1 }
  if (!hasWord(bytes, 12, 'VP8 ')) return undefined
  return { width: bytes.readUInt16LE(26) & 0x3fff, height: bytes.readUInt16LE(28) & 0x3fff }
}

/** Walks over the segments to the frame header. */
function readJpeg(bytes: Buffer): ImageSize | undefined {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined
  let at = 2
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined
    const marker = bytes[at + 1] ?? 0
    if (marker === 0xff) at += 1
    else if (isFrameHeader(marker))
      return { width: bytes.readUInt16BE(at + 7), height: bytes.readUInt16BE(at + 5) }
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7)) at += 2
    else at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
}

function hasWord(bytes: Buffer, at: number, word: string): boolean {
  return bytes.toString('latin1', at, at + word.length) === word
}
