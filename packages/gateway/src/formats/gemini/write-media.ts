import type { MediaPart } from '../../neutral/content.ts'
import type { JsonObject } from '../parse-json.ts'

const typesByEnding = new Map([
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['png', 'image/png'],
  ['webp', 'image/webp'],
  ['gif', 'image/gif'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['mp3', 'audio/mpeg'],
  ['wav', 'audio/wav'],
  ['ogg', 'audio/ogg'],
  ['flac', 'audio/flac'],
  ['mp4', 'video/mp4'],
  ['mov', 'video/quicktime'],
  ['webm', 'video/webm'],
])

const typesByKind: Readonly<Record<MediaPart['kind'], string>> = {
  image: 'image/jpeg',
  file: 'application/pdf',
  audio: 'audio/mpeg',
  video: 'video/mp4',
}

/** A picture, file, sound or film as a part. Undefined for a file that only another provider has. */
export function writeMedia(part: MediaPart): JsonObject | undefined {
  const { source } = part
  const name = part.name === undefined ? {} : { displayName: part.name }
  const signature = part.signature === undefined ? {} : { thoughtSignature: part.signature }
  switch (source.kind) {
    case 'text':
      return { text: source.text }
    case 'base64':
      return { inlineData: { mimeType: source.mediaType, data: source.data, ...name }, ...signature }
    case 'url': {
      const mimeType = source.mediaType ?? guessType(source.url) ?? typesByKind[part.kind]
      return { fileData: { fileUri: source.url, mimeType, ...name }, ...signature }
    }
    case 'file-id': {
      if (source.format !== 'gemini') return undefined
      const mimeType = source.mediaType === undefined ? {} : { mimeType: source.mediaType }
      return { fileData: { fileUri: source.id, ...mimeType, ...name }, ...signature }
    }
  }
}

/** The type that the ending of an address tells; the API demands one. */
function guessType(url: string): string | undefined {
  const path = /^[^?#]*/.exec(url)?.[0] ?? ''
  return typesByEnding.get(path.slice(path.lastIndexOf('.') + 1).toLowerCase())
}
