import { AppError } from '@ratchet/contract'
import { checkJsonDepth } from './json-depth.ts'

/** Reads a whole request body, and stops with `body_too_large` as soon as it exceeds the limit. */
export async function readBody(request: Request, limitBytes: number): Promise<Uint8Array> {
  const announced = Number(request.headers.get('content-length') ?? 0)
  if (announced > limitBytes) throw tooLarge(limitBytes, announced)
  if (!request.body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of request.body) {
    sizeBytes += chunk.byteLength
    if (sizeBytes > limitBytes) throw tooLarge(limitBytes)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Reads a JSON body; an empty one counts as `{}`. */
export async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  const bytes = await readBody(request, limitBytes)
  if (bytes.byteLength === 0) return {}
  const type = request.headers.get('content-type')
  if (type !== null && !/^application\/([\w.+-]+\+)?json\b/i.test(type)) {
    throw new AppError('bad_request', {
      message: `The body has Content-Type "${type}"; send JSON with "Content-Type: application/json".`,
      details: { contentType: type },
    })
  }
  return parseJson(bytes)
}

/** Parses JSON and says where it breaks. */
export function parseJson(bytes: Uint8Array): unknown {
  checkJsonDepth(bytes)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new AppError('invalid_json', {
      message: 'The body is not valid UTF-8 text. Send JSON as UTF-8.',
      cause,
    })
  }
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    const position = findPosition(reason, text)
    const before = text.slice(0, position)
    const line = before.split('\n').length
    const column = position - before.lastIndexOf('\n')
    throw new AppError('invalid_json', {
      message: `The body is not valid JSON at line ${line}, column ${column}: near ${JSON.stringify(text.slice(Math.max(0, position - 10), position + 10))}.`,
      details: { position, line, column },
      cause,
    })
  }
}

/** V8 names the position except at the end of the text and for some single characters. */
function findPosition(reason: string, text: string): number {
  const named = /at position (\d+)/.exec(reason)?.[1]
  if (named !== undefined) return Number(named)
  const token = /Unexpected token '?(.)'?/su.exec(reason)?.[1]
  const found = token === undefined ? -1 : text.indexOf(token)
  return found >= 0 ? found : text.length
}

function tooLarge(limitBytes: number, sizeBytes?: number): AppError {
  const size = sizeBytes === undefined ? '' : ` of ${sizeBytes} bytes`
  return new AppError('body_too_large', {
    message: `The body${size} exceeds the limit of ${limitBytes} bytes. Send less, or raise the limit in the configuration.`,
    details: { limitBytes, ...(sizeBytes === undefined ? {} : { sizeBytes }) },
  })
}
