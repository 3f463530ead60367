import { AppError } from '@ratchet/contract'
import type { EmbeddingsRequest } from './embeddings.ts'

/** The texts of a request. Throws `model_unsupported` for token numbers, which mean something to one model only. */
export function textInputs(request: EmbeddingsRequest, model: string): readonly string[] {
  return request.inputs.map((input, index) => {
    if (typeof input === 'string') return input
    throw new AppError('model_unsupported', {
      message: `input[${index}] is a list of token numbers, and "${model}" has another vocabulary; send the text itself.`,
      details: { param: 'input', model },
    })
  })
}

/** Parts of at most `size`, in order. */
export function splitInputs<T>(inputs: readonly T[], size: number): readonly (readonly T[])[] {
  const parts: (readonly T[])[] = []
  for (let at = 0; at < inputs.length; at += size) parts.push(inputs.slice(at, at + size))
  return parts
}
