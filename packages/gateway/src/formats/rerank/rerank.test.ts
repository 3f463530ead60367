import { isAppError } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { deepFreeze } from '../../neutral/testing/deep-freeze.ts'
import type { JsonObject } from '../parse-json.ts'
import { readRerankRequest, rerankCodecs, rerankOffline, writeRerankAnswer } from './index.ts'
import type { RerankFormat } from './rerank.ts'

const body = deepFreeze({
  model: 'asked',
  query: 'capital of France',
  documents: ['Berlin', 'Paris', 'Rome'],
})
const options = { model: 'provider-model', dropUnsupported: false }

function write(format: RerankFormat, change: JsonObject = {}, dropUnsupported = false) {
  const request = deepFreeze(readRerankRequest({ ...body, ...change }))
  return rerankCodecs[format].writeRequest(request, { ...options, dropUnsupported })
}

function problem(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return isAppError(error) ? `${error.code} ${String(error.details['param'])}` : error
  }
  return 'fine'
}

test('documents are texts, objects with a text, or objects whose fields are named', () => {
  const read = (documents: unknown, rank_fields?: unknown) =>
    readRerankRequest({ ...body, documents, ...(rank_fields ? { rank_fields } : {}) }).texts
  expect(read(['a', { text: 'b', id: 7 }])).toEqual(['a', 'b'])
  expect(read([{ title: 't', body: 'b', x: 'y' }], ['title', 'body'])).toEqual(['t\nb'])
})

test.each([
  [{ query: '' }, 'validation_failed query'],
  [{ documents: [] }, 'validation_failed documents'],
  [{ documents: ['a', 7] }, 'validation_failed documents[1]'],
  [{ documents: [{ title: 'x' }] }, 'validation_failed documents[0]'],
  [{ top_n: 0 }, 'validation_failed top_n'],
  [{ return_documents: 'yes' }, 'validation_failed return_documents'],
])('%j is refused: %s', (change, expected) => {
  expect(problem(() => readRerankRequest({ ...body, ...change }))).toBe(expected)
})

test('each provider gets the body that it knows', () => {
  const common = { model: 'provider-model', query: body.query, documents: body.documents }
  expect(write('cohere', { top_n: 2, max_tokens_per_doc: 100, return_documents: true }).body).toEqual({
    ...common,
    top_n: 2,
    max_tokens_per_doc: 100,
  })
  expect(write('jina', { top_n: 2 }).body).toEqual({ ...common, top_n: 2, return_documents: false })
  expect(write('voyage', { top_n: 2, truncation: false }).body).toEqual({
    ...common,
    top_k: 2,
    truncation: false,
    return_documents: false,
  })
})

test('what a provider lacks is refused by name, or dropped by name', () => {
  expect(problem(() => write('voyage', { max_tokens_per_doc: 5 }))).toBe(
    'model_unsupported max_tokens_per_doc',
  )
  expect(problem(() => write('cohere', { truncation: false }))).toBe('model_unsupported truncation')
  expect(write('jina', { max_tokens_per_doc: 5 }, true).dropped).toEqual(['max_tokens_per_doc'])
})

test('answers of every provider give ordered results and what is billed', () => {
  const results = [
    { index: 0, relevance_score: 0.1, document: { text: 'Berlin' } },
    { index: 1, relevance_score: 0.9 },
  ]
  const ordered = [
    { index: 1, score: 0.9 },
    { index: 0, score: 0.1 },
  ]
  expect(
    rerankCodecs.cohere.readAnswer({ id: 'c', results, meta: { billed_units: { search_units: 1 } } }),
  ).toEqual({
    id: 'c',
    model: '',
    results: ordered,
    usage: {
      inputTokens: 0,
      outputTokens: 0,
      cachedInputTokens: 0,
      cacheWriteTokens: 0,
      reasoningTokens: 0,
      units: { searches: 1 },
    },
    searchUnits: 1,
  })
  expect(rerankCodecs.jina.readAnswer({ model: 'j', results, usage: { total_tokens: 9 } })).toMatchObject({
    model: 'j',
    results: ordered,
    usage: { inputTokens: 9 },
  })
  expect(
    rerankCodecs.voyage.readAnswer({ object: 'list', data: results, usage: { total_tokens: 9 } }),
  ).toMatchObject({
    results: ordered,
    usage: { inputTokens: 9 },
  })
  expect(rerankCodecs.jina.readAnswer({ detail: 'no' })).toBeUndefined()
})

test('the answer has the client’s own documents when it wants them, and no more than it wants', () => {
  const request = readRerankRequest({
    ...body,
    documents: ['a', { text: 'b', id: 7 }, 'c'],
    top_n: 2,
    return_documents: true,
  })
  const results = [9, 1, 0, 2].map((index) => ({ index, score: 1 / (index + 2) }))
  const written = writeRerankAnswer(
    { id: '', model: '', results, usage: undefined, searchUnits: 1 },
    { request, model: 'asked', id: 'made' },
  )
  expect(written).toEqual({
    id: 'made',
    model: 'asked',
    results: [
      { index: 1, relevance_score: 1 / 3, document: { text: 'b', id: 7 } },
      { index: 0, relevance_score: 1 / 2, document: { text: 'a' } },
    ],
    meta: { api_version: { version: '2' }, billed_units: { search_units: 1 } },
  })
})

test('offline: the document that shares the rare words of the query is first', () => {
  const request = readRerankRequest({
    model: 'offline/rerank',
    query: 'What is the capital of France?',
    documents: ['Berlin is the capital of Germany.', 'Bread and cheese.', 'Paris is the capital of France.'],
  })
  const { results, usage } = rerankOffline(request)
  expect(results.map(({ index }) => index)).toEqual([2, 0, 1])
  expect(results.at(-1)?.score).toBe(0)
  expect(usage?.inputTokens).toBeGreaterThan(10)
})

test('offline: every document comes once, best first, with scores from 0 to below 1', () => {
  fc.assert(
    fc.property(
      fc.string({ minLength: 1 }),
      fc.array(fc.string(), { minLength: 1, maxLength: 8 }),
      (query, documents) => {
        const { results } = rerankOffline(readRerankRequest({ query, documents }))
        expect(results.map(({ index }) => index).toSorted((one, other) => one - other)).toEqual([
          ...documents.keys(),
        ])
        for (const [at, { score }] of results.entries()) {
          expect(score).toBeGreaterThanOrEqual(0)
          expect(score).toBeLessThan(1)
          expect(score).toBeLessThanOrEqual(results[at - 1]?.score ?? 1)
        }
      },
    ),
  )
})
