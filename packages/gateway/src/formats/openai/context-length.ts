const codes: ReadonlySet<unknown> = new Set(['context_length_exceeded', 'context_window_exceeded'])

/** The words of OpenAI, vLLM, llama.cpp, Mistral, Groq, Together, DeepSeek and OpenRouter for a prompt that is too long. */
const pattern =
  /maximum context length|context[ _](?:length|window|size)|prompt is too long|prompt contains \d+ tokens|too many tokens|input (?:is too long|length)|reduce the length|max(?:imum)?_prompt_length|exceeds? the (?:maximum|limit).{0,20}tokens|maximum.{0,20}input tokens/i

/** True when a provider refused because prompt and answer do not fit into the model's context. */
export function isContextLength(code: unknown, message: string): boolean {
  return codes.has(code) || pattern.test(message)
}
