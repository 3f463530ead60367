import type { MediaPart } from '../../neutral/content.ts'

const images: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpeg',
  'image/jpg': 'jpeg',
  'image/png': 'png',
  'image/gif': 'gif',
  'image/webp': 'webp',
}

const documents: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'text/csv': 'csv',
  'application/msword': 'doc',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.ms-excel': 'xls',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'text/html': 'html',
  'text/markdown': 'md',
  'text/x-markdown': 'md',
  'application/json': 'txt',
}

const videos: Readonly<Record<string, string>> = {
  'video/mp4': 'mp4',
  'video/quicktime': 'mov',
  'video/x-matroska': 'mkv',
  'video/webm': 'webm',
  'video/x-flv': 'flv',
  'video/mpeg': 'mpeg',
  'video/x-ms-wmv': 'wmv',
  'video/3gpp': 'three_gp',
}

const sounds: Readonly<Record<string, string>> = {
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/mp4': 'mp4',
  'audio/aac': 'aac',
  'audio/flac': 'flac',
  'audio/ogg': 'ogg',
  'audio/opus': 'opus',
  'audio/webm': 'webm',
}

/** Bedrock's word for a kind of media; undefined for one that it does not take. */
export function formatOf(kind: MediaPart['kind'], mediaType: string): string | undefined {
  switch (kind) {
    case 'image':
      return images[mediaType]
    case 'file':
      return documents[mediaType] ?? (mediaType.startsWith('text/') ? 'txt' : undefined)
    case 'video':
      return videos[mediaType]
    case 'audio':
      return sounds[mediaType]
  }
}

/** The media type that the end of a file's address stands for. */
export function mediaTypeOf(address: string): string {
  const end = address.slice(address.lastIndexOf('.') + 1).toLowerCase()
  for (const table of [images, documents, videos, sounds]) {
    for (const [mediaType, word] of Object.entries(table))
      if (word === end || (end === 'jpg' && word === 'jpeg')) return mediaType
  }
  return end === 'txt' ? 'text/plain' : 'application/octet-stream'
}

/** The media type of an image that a model made. */
export function imageTypeOf(format: string): string {
  return `image/${format}`
}
