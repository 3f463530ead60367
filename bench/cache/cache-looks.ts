import { createHash } from 'node:crypto'
import { openAnswerCache } from '../../packages/gateway/src/cache/answer-cache.ts'
import { cacheKey } from '../../packages/gateway/src/cache/cache-key.ts'
import type { AnswerFacts } from '../../packages/gateway/src/cache/cached-answer.ts'
import { SemanticIndex } from '../../packages/gateway/src/cache/semantic/semantic-index.ts'
import type { Way } from '../timing.ts'

/** Answers that are kept, and questions that are compared. */
export const answers = 10_000
/** Of `offline/embedding`. */
export const dimensions = 384

const facts: Omit<AnswerFacts, 'createdAtMs' | 'expiresAtMs'> = {
  project: '00000000-0000-4000-8000-000000000001',
  policy: 'answers',
  model: 'bench/bench-model',
  provider: 'openai-compatible',
  route: '',
  contentType: 'application/json',
  usage: {
    inputTokens: 90,
    outputTokens: 142,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
  },
  costNano: 1_000,
  costKnown: true,
  latencyMs: 900,
}

/** A look for the same request: by a hash and a bare map, and by the cache. */
export async function exactWays(): Promise<Way[]> {
  const requests = Array.from({ length: answers }, (_, index) => {
    const content = `Question ${index}: ${'what does the gateway do when control is down? '.repeat(9)}`
    const body = { model: 'bench/bench-model', temperature: 0.2, messages: [{ role: 'user', content }] }
    return { body, bytes: Buffer.from(JSON.stringify(body)) }
  })
  const kept = Buffer.alloc(1_067, 'a')
  const hashOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  const keyOf = (body: (typeof requests)[number]['body']) =>
    cacheKey({
      project: facts.project,
      environment: 'production',
      policy: facts.policy,
      subject: '',
      format: 'openai-chat',
      answerScope: 'bench/bench-model',
      body,
    }) ?? ''
  const map = new Map(requests.map(({ bytes }) => [hashOf(bytes), kept]))
  const cache = await openAnswerCache()
  for (const { body } of requests) cache.keep(keyOf(body), { facts, body: kept }, { ttlMs: 3_600_000 })
  const each = (count: number, finds: (request: (typeof requests)[number]) => boolean) => {
    for (let index = 0; index < count; index++) {
      // Not one after another: neighbours in memory would be found sooner.
      const request = requests[(index * 7_919) % answers]
      if (request === undefined || !finds(request)) throw new Error('an answer of the bench is missing')
    }
  }
  return [
    { name: 'bare map', run: (count) => each(count, ({ bytes }) => map.has(hashOf(bytes))) },
    {
      name: 'exact',
      run: (count) => each(count, ({ body }) => typeof cache.find(keyOf(body), 3_600_000) === 'object'),
    },
  ]
}

/** A look for a question that means the same: by bare products, and by the cache. */
export function semanticWays(): Way[] {
  const vectors = Array.from({ length: answers }, (_, index) => unitVector(index + 1))
  const flat = new Float32Array(answers * dimensions)
  const index = new SemanticIndex({ maxBytes: 256 * 1024 * 1024, maxQuestions: answers })
  vectors.forEach((vector, place) => {
    flat.set(vector, place * dimensions)
    index.add({ partition: 'p', guard: 'g', vector }, String(place))
  })
  const asked = (place: number) => vectors[(place * 7_919) % answers] ?? flat
  return [
    {
      name: 'bare products',
      run: (count) => {
        for (let place = 0; place < count; place++)
          if (bestProduct(flat, asked(place)) < 0.99) throw new Error('a vector of the bench is missing')
      },
    },
    {
      name: 'semantic',
      run: (count) => {
        for (let place = 0; place < count; place++)
          if (index.find({ partition: 'p', guard: 'g', vector: asked(place) }, 0.95) === undefined)
            throw new Error('a question of the bench is missing')
      },
    },
  ]
}

/** The largest product of a vector with those in a block: as little as a search by likeness can do. */
function bestProduct(flat: Float32Array, vector: Float32Array): number {
  let best = 0
  for (let start = 0; start < flat.length; start += dimensions) {
    let a = 0
    let b = 0
    let c = 0
    let d = 0
    for (let index = 0; index < dimensions; index += 4) {
      a += (flat[start + index] ?? 0) * (vector[index] ?? 0)
      b += (flat[start + index + 1] ?? 0) * (vector[index + 1] ?? 0)
      c += (flat[start + index + 2] ?? 0) * (vector[index + 2] ?? 0)
      d += (flat[start + index + 3] ?? 0) * (vector[index + 3] ?? 0)
    }
    best = Math.max(best, a + b + c + d)
  }
  return best
}

/** The same vector for the same seed. */
function unitVector(seed: number): Float32Array {
  let state = seed * 2_654_435_761
  const vector = Float32Array.from({ length: dimensions }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return state / 2 ** 31
  })
  const length = Math.hypot(...vector)
  return vector.map((value) => value / length)
}
