const mediaTypes: ReadonlyMap<string, string> = new Map([
  ['mp3', 'audio/mpeg'],
  ['pcm16', 'audio/pcm'],
])
const words: ReadonlyMap<string, string> = new Map([
  ['audio/mpeg', 'mp3'],
  ['audio/x-wav', 'wav'],
  ['audio/wave', 'wav'],
  ['audio/vnd.wave', 'wav'],
  ['audio/pcm', 'pcm16'],
])

/** The media type of OpenAI's word for a kind of sound, such as "wav". */
export function audioMediaType(format: string): string {
  return mediaTypes.get(format) ?? `audio/${format}`
}

/** OpenAI's word for a media type. */
export function audioFormat(mediaType: string): string {
  return words.get(mediaType) ?? mediaType.slice(mediaType.indexOf('/') + 1)
}
