import { ApiError, readEvents } from '@ratchet/sdk'
import { AppError, errorBody, errorStatus, type ErrorCode } from '@ratchet/contract'
import { z } from 'zod'

/** What a streamed answer of the OpenAI-compatible gateway came to. */
export type GatewayAnswer = {
  readonly text: string
  readonly traceId: string
  readonly firstTextMs: number
  readonly durationMs: number
  readonly sources: readonly { readonly title: string; readonly path: string }[]
}

const chunk = z.looseObject({
  choices: z
    .array(z.looseObject({ delta: z.looseObject({ content: z.string().nullish() }).optional() }))
    .default([]),
  ratchet: z
    .looseObject({ sources: z.array(z.looseObject({ title: z.string(), path: z.string() })).default([]) })
    .optional(),
  error: z.looseObject({ message: z.string() }).optional(),
})

/** Asks one question as any OpenAI client would, streamed; `onText` gets each piece. */
export async function askGateway(
  place: { readonly gatewayUrl: string; readonly key: string; readonly model: string },
  question: string,
  options: { readonly onText: (text: string) => void; readonly signal: AbortSignal },
): Promise<GatewayAnswer> {
  const startedMs = performance.now()
  const response = await fetch(`${place.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${place.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      model: place.model,
      stream: true,
      messages: [{ role: 'user', content: question }],
    }),
    signal: AbortSignal.any([options.signal, AbortSignal.timeout(60_000)]),
  })
  if (!response.ok || !response.body) throw await gatewayError(response)
  let text = ''
  let firstTextMs = 0
  let sources: GatewayAnswer['sources'] = []
  for await (const { data } of readEvents(response.body)) {
    if (data === '[DONE]') break
    const piece = chunk.parse(JSON.parse(data))
    if (piece.error) throw new AppError('provider_error', { message: piece.error.message })
    if (piece.ratchet) sources = piece.ratchet.sources
    const added = piece.choices[0]?.delta?.content ?? ''
    if (added === '') continue
    if (text === '') firstTextMs = performance.now() - startedMs
    text += added
    options.onText(added)
  }
  const traceId = response.headers.get('x-ratchet-trace-id') ?? ''
  return { text, traceId, firstTextMs, durationMs: performance.now() - startedMs, sources }
}

async function gatewayError(response: Response): Promise<ApiError> {
  const text = await response.text()
  const requestId = response.headers.get('x-request-id') ?? undefined
  const message = readMessage(text) ?? `The gateway answered ${response.status}: ${text.slice(0, 200)}`
  const code = Object.keys(errorStatus).find((known): known is ErrorCode => known === readCode(text))
  return new ApiError(code ?? 'provider_error', { message, requestId, details: { status: response.status } })
}

// OpenAI's error body has the same `error.message` and `error.code` as ours.
function readMessage(text: string): string | undefined {
  return readError(text)?.message
}

function readCode(text: string): string | undefined {
  return readError(text)?.code
}

function readError(text: string): { message: string; code: string } | undefined {
  try {
    return errorBody.safeParse(JSON.parse(text)).data?.error
  } catch {
    // Not JSON: the caller shows the text itself.
    return undefined
  }
}
