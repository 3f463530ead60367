import { inputUsage, type EmbeddingsAnswer } from './embeddings.ts'

/** One answer of the answers to several calls, in their order. Without every count there is none. */
export function joinEmbeddings(answers: readonly EmbeddingsAnswer[]): EmbeddingsAnswer {
  const [first] = answers
  let inputTokens: number | undefined = 0
  for (const { usage } of answers) {
    inputTokens =
      usage === undefined || inputTokens === undefined ? undefined : inputTokens + usage.inputTokens
  }
  return {
    vectors: answers.flatMap(({ vectors }) => vectors),
    model: first?.model ?? '',
    id: first?.id ?? '',
    usage: answers.length === 0 ? undefined : inputUsage(inputTokens),
  }
}
