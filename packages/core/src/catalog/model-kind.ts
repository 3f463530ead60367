import type { Model } from '@ratchet/contract'

const otherKinds =
  /whisper|transcri|tts|speech|audio|dall-e|image|imagine|sora|video|moderation|rerank|realtime|guard|ocr/

/** What a model is for, as far as its name tells; providers do not say it in their lists. */
export function guessModelKind(name: string): Model['kind'] {
  const folded = name.toLowerCase()
  if (/embed|bge-|e5-|gte-|minilm/.test(folded)) return 'embedding'
  return otherKinds.test(folded) ? 'other' : 'chat'
}
