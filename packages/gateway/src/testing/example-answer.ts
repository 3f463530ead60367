import { createHash } from 'node:crypto'
import { usage } from '@ratchet/contract'
import type { AnswerFacts, CachedAnswer } from '../cache/cached-answer.ts'

/** A kept answer with a body of so many bytes. */
export function exampleAnswer(facts: Partial<AnswerFacts> = {}, bodyBytes = 40): CachedAnswer {
  return {
    facts: {
      project: 'project-1',
      policy: 'answers',
      model: 'openai/gpt',
      provider: 'openai',
      route: 'support',
      contentType: 'application/json',
      createdAtMs: 1_000,
      expiresAtMs: 1_000_000,
      usage: usage.parse({ inputTokens: 100, outputTokens: 20 }),
      costNano: 5_000,
      costKnown: true,
      latencyMs: 800,
      ...facts,
    },
    body: Buffer.alloc(bodyBytes, 'x'),
  }
}

/** A key like those of `cacheKey`. */
export function exampleKey(number: number): string {
  return createHash('sha256').update(String(number)).digest('hex')
}
