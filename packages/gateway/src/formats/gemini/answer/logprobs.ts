import { isJsonObject, type JsonObject } from '../../parse-json.ts'
import { numberField, objectsField, textField } from '../read-field.ts'

/** `logprobsResult` in OpenAI's shape. Gemini tells no bytes. */
export function readLogprobs(result: JsonObject): JsonObject {
  const tops = objectsField(result, 'topCandidates')
  const content = objectsField(result, 'chosenCandidates').map((chosen, index) => {
    const top = tops[index]
    const others = top === undefined ? [] : objectsField(top, 'candidates')
    return { ...readToken(chosen), top_logprobs: others.map(readToken) }
  })
  return { content, refusal: null }
}

function readToken(token: JsonObject) {
  return {
    token: textField(token, 'token') ?? '',
    logprob: numberField(token, 'logProbability') ?? 0,
    bytes: null,
  }
}

/** The inverse of {@link readLogprobs}. */
export function writeLogprobs(logprobs: JsonObject): JsonObject | undefined {
  const content = logprobs['content']
  if (!Array.isArray(content)) return undefined
  const tokens = content.filter(isJsonObject)
  const tops = tokens.map((token) => ({ candidates: objectsField(token, 'top_logprobs').map(writeToken) }))
  const hasTops = tops.some((top) => top.candidates.length > 0)
  return { chosenCandidates: tokens.map(writeToken), ...(hasTops ? { topCandidates: tops } : {}) }
}

function writeToken(token: JsonObject): JsonObject {
  return { token: token['token'], logProbability: token['logprob'] }
}
