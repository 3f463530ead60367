import type { IncomingMessage } from 'node:http'
import { AppError, runnerRequest, validationError, type RunnerRequest } from '@ratchet/contract'

const limitBytes = 64 * 1024 * 1024

/** Reads and checks the body of `POST /invoke`. Throws `body_too_large`, `invalid_json` or `validation_failed`. */
export async function readRunnerRequest(request: IncomingMessage): Promise<RunnerRequest> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of bodyOf(request)) {
    bytes += part.length
    if (bytes > limitBytes) {
      throw new AppError('body_too_large', {
        message: `The run's messages and inputs are larger than ${limitBytes / 1024 / 1024} MB. Send less.`,
        details: { limitBytes },
      })
    }
    parts.push(part)
  }
  const input = parseJson(Buffer.concat(parts).toString())
  const parsed = runnerRequest.safeParse(input)
  if (!parsed.success) throw validationError(parsed.error, 'run', input)
  return parsed.data
}

async function* bodyOf(request: IncomingMessage): AsyncGenerator<Buffer, void> {
  try {
    for await (const part of request) if (Buffer.isBuffer(part)) yield part
  } catch (cause) {
    throw new AppError('client_closed', { message: 'The caller left before its request was over.', cause })
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new AppError('invalid_json', { message: 'The body of /invoke is not JSON.', cause })
  }
}
