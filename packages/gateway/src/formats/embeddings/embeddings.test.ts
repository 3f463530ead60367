import fc from 'fast-check'
import OpenAI from 'openai'
import { isAppError } from '@ratchet/contract'
import { expect, test } from 'vitest'
import { deepFreeze } from '../../neutral/testing/deep-freeze.ts'
import type { JsonObject } from '../parse-json.ts'
import type { EmbeddingsFormat, EmbeddingsRequest } from './embeddings.ts'
import { embeddingsClients, embeddingsCodecs, joinEmbeddings } from './index.ts'

const { openai, gemini, cohere } = embeddingsClients

function write(format: EmbeddingsFormat, body: JsonObject, model = 'provider-model') {
  const request = deepFreeze(openai.readRequest(deepFreeze({ model: 'asked', ...body }), {}))
  return embeddingsCodecs[format].writeRequest(request, { model, dropUnsupported: false })
}

function problem(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return isAppError(error) ? `${error.code} ${String(error.details['param'])}` : error
  }
  return 'fine'
}

test('a text, a list, token numbers and lists of them are read; what is one input stays one', () => {
  const inputs = (input: unknown) => {
    const { isList, inputs: found } = openai.readRequest({ model: 'm', input }, {})
    return [isList, found]
  }
  expect(inputs('a')).toEqual([false, ['a']])
  expect(inputs(['a', ''])).toEqual([true, ['a', '']])
  expect(inputs([1, 2])).toEqual([false, [[1, 2]]])
  expect(inputs([[1], [2, 3]])).toEqual([true, [[1], [2, 3]]])
})

test.each([
  [{}, 'validation_failed input'],
  [{ input: [] }, 'validation_failed input'],
  [{ input: ['a', 7] }, 'validation_failed input[1]'],
  [{ input: 'a', encoding_format: 'hex' }, 'validation_failed encoding_format'],
  [{ input: 'a', dimensions: 0 }, 'validation_failed dimensions'],
  [{ input: 'a', dimensions: 1.5 }, 'validation_failed dimensions'],
])('%j is refused: %s', (body, expected) => {
  expect(problem(() => openai.readRequest({ model: 'm', ...body }, {}))).toBe(expected)
})

test('Gemini: one input is embedContent, a list a batch of at most 100', () => {
  expect(write('gemini', { input: 'a', dimensions: 256, input_type: 'query' })).toEqual({
    dropped: [],
    calls: [
      {
        verb: 'embedContent',
        inputs: 1,
        body: {
          model: 'models/provider-model',
          content: { parts: [{ text: 'a' }] },
          taskType: 'RETRIEVAL_QUERY',
          outputDimensionality: 256,
        },
      },
    ],
  })
  const { calls } = write('gemini', { input: Array.from({ length: 201 }, (_, index) => `t${index}`) })
  expect(calls.map(({ inputs, verb }) => [inputs, verb])).toEqual([
    [100, 'batchEmbedContents'],
    [100, 'batchEmbedContents'],
    [1, 'batchEmbedContents'],
  ])
  expect(calls[2]?.body).toEqual({
    requests: [{ model: 'models/provider-model', content: { parts: [{ text: 't200' }] } }],
  })
})

test('Vertex: older models predict lists, newer ones take one content in each call', () => {
  expect(
    write('vertex', { input: ['a', 'b'], dimensions: 8, input_type: 'document' }, 'text-embedding-005'),
  ).toEqual({
    dropped: [],
    calls: [
      {
        verb: 'predict',
        inputs: 2,
        body: {
          instances: [
            { content: 'a', task_type: 'RETRIEVAL_DOCUMENT' },
            { content: 'b', task_type: 'RETRIEVAL_DOCUMENT' },
          ],
          parameters: { outputDimensionality: 8 },
        },
      },
    ],
  })
  expect(write('vertex', { input: ['a', 'b'] }, 'gemini-embedding-001').calls).toHaveLength(2)
  expect(write('vertex', { input: ['a'], dimensions: 8 }, 'gemini-embedding-2').calls).toEqual([
    {
      verb: 'embedContent',
      inputs: 1,
      body: { content: { parts: [{ text: 'a' }] }, embedContentConfig: { outputDimensionality: 8 } },
    },
  ])
})

test('Cohere: a use is demanded and given; base64 comes from the provider itself', () => {
  expect(write('cohere', { input: 'a', encoding_format: 'base64', dimensions: 512 }).calls).toEqual([
    {
      inputs: 1,
      body: {
        model: 'provider-model',
        texts: ['a'],
        input_type: 'search_document',
        embedding_types: ['base64'],
        output_dimension: 512,
      },
    },
  ])
  expect(
    write('bedrock-cohere', { input: 'a', encoding_format: 'base64', input_type: 'query' }).calls,
  ).toEqual([{ inputs: 1, body: { texts: ['a'], input_type: 'search_query', embedding_types: ['float'] } }])
  expect(write('cohere', { input: Array.from({ length: 97 }, () => 'a') }).calls).toHaveLength(2)
})

test('Titan: one call for each text; its first generation has no dimensions', () => {
  expect(
    write('bedrock-titan', { input: ['a', 'b'], dimensions: 256 }, 'amazon.titan-embed-text-v2:0').calls,
  ).toEqual([
    { inputs: 1, body: { inputText: 'a', dimensions: 256 } },
    { inputs: 1, body: { inputText: 'b', dimensions: 256 } },
  ])
  const old = () => write('bedrock-titan', { input: 'a', dimensions: 256 }, 'amazon.titan-embed-text-v1')
  expect(problem(old)).toBe('model_unsupported dimensions')
})

test.each(['gemini', 'vertex', 'cohere', 'bedrock-titan', 'bedrock-cohere'] as const)(
  'token numbers are refused for %s, because they belong to another vocabulary',
  (format) => {
    expect(problem(() => write(format, { input: [1, 2] }))).toBe('model_unsupported input')
  },
)

test('answers of every provider give vectors and the tokens that it told', () => {
  const read = (format: EmbeddingsFormat, body: JsonObject, headers = {}) => {
    const answer = embeddingsCodecs[format].readAnswer(deepFreeze(body), headers)
    return answer && { vectors: answer.vectors, tokens: answer.usage?.inputTokens }
  }
  const [one, two] = [
    [0.5, -1],
    [0, 2],
  ]
  const both = { vectors: [one, two], tokens: 7 }
  const data = [
    { index: 1, embedding: two },
    { index: 0, embedding: one },
  ]
  expect(read('openai', { data, usage: { prompt_tokens: 7, total_tokens: 7 } })).toEqual(both)
  const embeddings = [{ values: one }, { values: two }]
  expect(read('gemini', { embeddings, usageMetadata: { promptTokenCount: 7 } })).toEqual(both)
  expect(read('gemini', { embedding: { values: one } })).toEqual({ vectors: [one], tokens: undefined })
  const predictions = [
    { embeddings: { values: one, statistics: { token_count: 3 } } },
    { embeddings: { values: two, statistics: { token_count: 4 } } },
  ]
  expect(read('vertex', { predictions })).toEqual(both)
  expect(read('vertex', { embedding: { values: one }, usageMetadata: { promptTokenCount: 3 } })?.tokens).toBe(
    3,
  )
  const meta = { billed_units: { input_tokens: 7 } }
  expect(read('cohere', { embeddings: { float: [one, two] }, meta })).toEqual(both)
  const headers = { 'x-amzn-bedrock-input-token-count': '7' }
  expect(read('bedrock-cohere', { embeddings: [one, two] }, headers)).toEqual(both)
  expect(read('bedrock-titan', { embedding: one, inputTextTokenCount: 3 })).toEqual({
    vectors: [one],
    tokens: 3,
  })
  for (const format of Object.keys(embeddingsCodecs) as EmbeddingsFormat[]) {
    expect(read(format, { error: { message: 'no' } })).toBeUndefined()
  }
})

test('several answers join in order, and without every count there is none', () => {
  const { readAnswer } = embeddingsCodecs['bedrock-titan']
  const answer = (first: number, inputTextTokenCount?: number) => {
    const read = readAnswer({ embedding: [first], ...(inputTextTokenCount ? { inputTextTokenCount } : {}) })
    if (read === undefined) throw new Error('not read')
    return read
  }
  const joined = joinEmbeddings([answer(1, 3), answer(2, 4)])
  expect(joined.vectors).toEqual([[1], [2]])
  expect(joined.usage?.inputTokens).toBe(7)
  expect(joinEmbeddings([answer(1, 3), answer(2)]).usage).toBeUndefined()
})

test('the official client reads our answers, which it asks for in base64', async () => {
  const client = new OpenAI({
    apiKey: 'key',
    baseURL: 'http://provider.test/v1',
    fetch: async (_url, init) => {
      const request = openai.readRequest(JSON.parse(typeof init?.body === 'string' ? init.body : ''), {})
      expect(request.encoding).toBe('base64')
      const read = embeddingsCodecs.gemini.readAnswer({
        embeddings: [{ values: [0.5, -2] }, { values: [1, 3] }],
      })
      if (read === undefined) throw new Error('not read')
      return Response.json(openai.writeAnswer(read, { request, model: 'asked', id: 'x' }))
    },
  })
  const answer = await client.embeddings.create({ model: 'asked', input: ['a', 'b'] })
  expect(answer.data.map(({ embedding }) => [...embedding])).toEqual([
    [0.5, -2],
    [1, 3],
  ])
  expect(answer.model).toBe('asked')
})

test('clients of Gemini and Cohere get what they would get at home', () => {
  const single = gemini.readRequest(
    { content: { parts: [{ text: 'a' }] }, taskType: 'CLUSTERING' },
    { model: 'm' },
  )
  expect(single).toMatchObject({ inputs: ['a'], isList: false, use: 'clustering', model: 'm' })
  const batch = gemini.readRequest(
    { requests: [{ model: 'models/m', content: { parts: [{ text: 'a' }] }, output_dimensionality: 5 }] },
    { verb: 'batchEmbedContents' },
  )
  expect(batch).toMatchObject({ inputs: ['a'], isList: true, dimensions: 5, model: 'm' })
  const { readAnswer } = embeddingsCodecs.openai
  const answer = readAnswer({ data: [{ embedding: [1] }], usage: { prompt_tokens: 2 } })
  if (answer === undefined) throw new Error('not read')
  const options = (request: EmbeddingsRequest) => ({ request, model: 'm', id: 'made' })
  const usageMetadata = { promptTokenCount: 2, totalTokenCount: 2 }
  expect(gemini.writeAnswer(answer, options(single))).toEqual({ embedding: { values: [1] }, usageMetadata })
  expect(gemini.writeAnswer(answer, options(batch))).toEqual({ embeddings: [{ values: [1] }], usageMetadata })
  const asked = cohere.readRequest(
    { model: 'm', texts: ['a'], input_type: 'search_query', embedding_types: ['float'] },
    {},
  )
  expect(asked).toMatchObject({ use: 'query', encoding: 'float', inputs: ['a'] })
  expect(cohere.writeAnswer(answer, options(asked))).toMatchObject({
    id: 'made',
    embeddings: { float: [[1]] },
    meta: { billed_units: { input_tokens: 2 } },
  })
  const other = cohere.readRequest({ model: 'm', texts: ['a'], embedding_types: ['int8'] }, {})
  const toGemini = () => embeddingsCodecs.gemini.writeRequest(other, { model: 'm', dropUnsupported: false })
  expect(problem(toGemini)).toBe('model_unsupported embedding_types')
  expect(problem(() => cohere.readRequest({ model: 'm', texts: [] }, {}))).toBe('validation_failed texts')
  expect(problem(() => gemini.readRequest({ requests: [{ content: {} }] }, {}))).toBe(
    'validation_failed requests[0].content',
  )
})

test('floats keep 32 bits through base64', () => {
  fc.assert(
    fc.property(fc.array(fc.float({ noNaN: true })), (vector) => {
      const { readAnswer } = embeddingsCodecs.openai
      const request = (encoding: string) => openai.readRequest({ input: 'a', encoding_format: encoding }, {})
      const pass = (body: JsonObject, encoding: string) => {
        const answer = readAnswer(body)
        if (answer === undefined) throw new Error('not read')
        return openai.writeAnswer(answer, { request: request(encoding), model: 'm', id: 'x' })
      }
      const body = pass(pass({ data: [{ embedding: vector }] }, 'base64'), 'float')
      expect(body['data']).toEqual([{ object: 'embedding', index: 0, embedding: vector }])
    }),
  )
})
