import { embedText } from '@ratchet/core/retrieval'

/** Asks an embedding model through the gateway's own connections; `model` is `connection/model`. */
export type AskForVector = (
  model: string,
  text: string,
  signal: AbortSignal,
) => Promise<ArrayLike<number> | undefined>

/** `offline/embedding` is computed here, in well under a millisecond. */
const ownModel = 'offline/embedding'

/**
 * The vector of a question. Undefined when the model does not answer: the request then goes on as one that was never
 * asked before, because a cache must not be the reason that a call fails.
 */
export async function embedQuestion(
  question: { readonly model: string; readonly text: string },
  ask: AskForVector,
  signal: AbortSignal,
): Promise<Float32Array | undefined> {
  const own = embedOwn(question)
  if (own !== undefined) return own
  try {
    const vector = await ask(question.model, question.text, signal)
    return vector === undefined ? undefined : Float32Array.from(vector)
  } catch {
    // Whoever asks has logged it.
    return undefined
  }
}

/** The vector at once, when the model is our own. */
export function embedOwn(question: {
  readonly model: string
  readonly text: string
}): Float32Array | undefined {
  return question.model === ownModel ? embedText(question.text) : undefined
}
