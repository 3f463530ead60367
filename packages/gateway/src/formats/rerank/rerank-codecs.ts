import type { Usage } from '@ratchet/contract'
import { countField, objectField, objectsField, textField } from '../../neutral/json-field.ts'
import { leaveOut } from '../../neutral/errors/unsupported.ts'
import type { JsonObject } from '../parse-json.ts'
import type {
  RerankAnswer,
  RerankCodec,
  RerankFormat,
  RerankRequest,
  RerankResult,
  RerankWriteOptions,
  WrittenRerank,
} from './rerank.ts'

/** Documents are never asked back: we have them, and repeat them ourselves for clients that want them. */
const base = ({ query }: RerankRequest, { model }: RerankWriteOptions) => ({ model, query })

function writeCohere(request: RerankRequest, options: RerankWriteOptions): WrittenRerank {
  const dropped: string[] = []
  if (request.truncates === false) leaveOut({ dropped, options }, 'truncation')
  const { top, maxTokensPerDocument } = request
  const body = {
    ...base(request, options),
    documents: request.texts,
    ...(top === undefined ? {} : { top_n: top }),
    ...(maxTokensPerDocument === undefined ? {} : { max_tokens_per_doc: maxTokensPerDocument }),
  }
  return { body, dropped }
}

/** Jina's body, which Voyage takes with another word for how many results are wanted. */
function writeJina(topName: 'top_n' | 'top_k'): RerankCodec['writeRequest'] {
  return (request, options) => {
    const dropped: string[] = []
    if (request.maxTokensPerDocument !== undefined) leaveOut({ dropped, options }, 'max_tokens_per_doc')
    const { top, truncates } = request
    const body = {
      ...base(request, options),
      documents: request.texts,
      ...(top === undefined ? {} : { [topName]: top }),
      ...(truncates === undefined ? {} : { truncation: truncates }),
      return_documents: false,
    }
    return { body, dropped }
  }
}

/** Voyage calls its list `data`; servers with only a `score` exist as well. */
function readAnswer(body: JsonObject): RerankAnswer | undefined {
  const name = Array.isArray(body['results']) ? 'results' : 'data'
  if (!Array.isArray(body[name])) return undefined
  const results: RerankResult[] = []
  for (const result of objectsField(body, name)) {
    const index = countField(result, 'index')
    const score = result['relevance_score'] ?? result['score']
    if (index !== undefined && typeof score === 'number') results.push({ index, score })
  }
  const searchUnits = searchUnitsOf(body)
  return {
    id: textField(body, 'id') ?? '',
    model: textField(body, 'model') ?? '',
    results: results.toSorted((one, other) => other.score - one.score),
    usage: usageOf(body, searchUnits),
    ...(searchUnits === undefined ? {} : { searchUnits }),
  }
}

function usageOf(body: JsonObject, searches: number | undefined): Usage | undefined {
  const usage = objectField(body, 'usage') ?? {}
  const tokens = objectField(objectField(body, 'meta') ?? {}, 'tokens') ?? {}
  const inputTokens =
    countField(usage, 'prompt_tokens') ??
    countField(usage, 'total_tokens') ??
    countField(tokens, 'input_tokens')
  if (inputTokens === undefined && searches === undefined) return undefined
  return {
    inputTokens: inputTokens ?? 0,
    outputTokens: 0,
    cachedInputTokens: 0,
    cacheWriteTokens: 0,
    reasoningTokens: 0,
    ...(searches === undefined ? {} : { units: { searches } }),
  }
}

function searchUnitsOf(body: JsonObject): number | undefined {
  const billed = objectField(objectField(body, 'meta') ?? {}, 'billed_units')
  return billed === undefined ? undefined : countField(billed, 'search_units')
}

/** Provider side of each format. */
export const rerankCodecs: Readonly<Record<RerankFormat, RerankCodec>> = {
  cohere: { name: 'cohere', writeRequest: writeCohere, readAnswer },
  jina: { name: 'jina', writeRequest: writeJina('top_n'), readAnswer },
  voyage: { name: 'voyage', writeRequest: writeJina('top_k'), readAnswer },
}
