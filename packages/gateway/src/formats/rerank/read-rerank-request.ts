import { invalidField, quoteValue } from '../../neutral/errors/invalid-field.ts'
import { otherFields, textField } from '../../neutral/json-field.ts'
import { isJsonObject, type JsonObject } from '../parse-json.ts'
import type { RerankRequest } from './rerank.ts'

const known = new Set([
  'model',
  'query',
  'documents',
  'top_n',
  'top_k',
  'return_documents',
  'max_tokens_per_doc',
  'truncation',
  'rank_fields',
])

/**
 * Reads a body of /v1/rerank or /v2/rerank, as Cohere's, Jina's and Voyage's clients write it. Throws
 * `validation_failed` naming the field.
 */
export function readRerankRequest(body: JsonObject): RerankRequest {
  const { query, documents } = body
  if (typeof query !== 'string' || query === '') {
    throw invalidField(
      'query',
      `"query" is ${quoteValue(query)}; give the text to compare the documents with.`,
    )
  }
  if (!Array.isArray(documents) || documents.length === 0) {
    const message = `"documents" is ${quoteValue(documents)}; give a list with at least one text.`
    throw invalidField('documents', message)
  }
  const fields = readRankFields(body['rank_fields'])
  const list: readonly unknown[] = documents
  const read = list.map((document, index) => readDocument(document, index, fields))
  const top = countOf(body, 'top_n') ?? countOf(body, 'top_k')
  const maxTokensPerDocument = countOf(body, 'max_tokens_per_doc')
  const returns = flagOf(body, 'return_documents')
  const truncates = flagOf(body, 'truncation')
  return {
    model: textField(body, 'model') ?? '',
    query,
    texts: read.map(({ text }) => text),
    documents: read.map(({ document }) => document),
    ...(top === undefined ? {} : { top }),
    ...(returns === undefined ? {} : { returnsDocuments: returns }),
    ...(maxTokensPerDocument === undefined ? {} : { maxTokensPerDocument }),
    ...(truncates === undefined ? {} : { truncates }),
    extra: otherFields(body, known) ?? {},
  }
}

function readRankFields(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) ? value.filter((name) => typeof name === 'string') : undefined
}

/** Cohere's older API ranks by the named fields of an object, one after the other. */
function readDocument(value: unknown, index: number, fields: readonly string[] | undefined) {
  if (typeof value === 'string') return { document: value, text: value }
  const param = `documents[${index}]`
  if (isJsonObject(value)) {
    const texts = (fields ?? ['text']).flatMap((name) => textField(value, name) ?? [])
    if (texts.length > 0) return { document: value, text: texts.join('\n') }
  }
  const hint = 'give a text, or an object such as {"text":"..."}'
  throw invalidField(param, `"${param}" is ${quoteValue(value)}; ${hint}.`)
}

function countOf(body: JsonObject, name: string): number | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value
  throw invalidField(name, `"${name}" is ${quoteValue(value)}; give a whole number from 1.`)
}

function flagOf(body: JsonObject, name: string): boolean | undefined {
  const value = body[name]
  if (value === undefined || value === null) return undefined
  if (typeof value === 'boolean') return value
  throw invalidField(name, `"${name}" is ${quoteValue(value)}; give true or false.`)
}
