import type { IncomingMessage } from 'node:http'
import { AppError } from '@ratchet/contract'

/**
 * Reads a request body of at most `limitBytes`, counting as it comes, and calls back once. A client that goes
 * away before the end gets no callback: there is nobody to answer.
 */
export function readBody(
  request: IncomingMessage,
  limitBytes: number,
  done: (error: AppError | undefined, body: Buffer) => void,
): void {
  if (Number(request.headers['content-length'] ?? 0) > limitBytes)
    return done(bodyTooLarge(limitBytes), empty)
  if (
    request.headers['content-encoding'] !== undefined &&
    request.headers['content-encoding'] !== 'identity'
  ) {
    return done(compressed(request.headers['content-encoding']), empty)
  }
  let first: Buffer | undefined
  let rest: Buffer[] | undefined
  let sizeBytes = 0
  const take = (part: Buffer): void => {
    sizeBytes += part.length
    if (sizeBytes > limitBytes) {
      request.off('data', take)
      request.off('end', finish)
      return done(bodyTooLarge(limitBytes), empty)
    }
    if (first === undefined) first = part
    else (rest ??= [first]).push(part)
  }
  const finish = (): void =>
    done(undefined, rest === undefined ? (first ?? empty) : Buffer.concat(rest, sizeBytes))
  request.on('data', take)
  request.on('end', finish)
}

const empty = Buffer.alloc(0)

/** The error for a body over the limit. */
export function bodyTooLarge(limitBytes: number): AppError {
  return new AppError('body_too_large', {
    message: `The body is larger than ${limitBytes} bytes. Send less, or raise RATCHET_BODY_LIMIT_BYTES.`,
    details: { limitBytes },
  })
}

function compressed(encoding: string): AppError {
  return new AppError('bad_request', {
    message: `The body has content-encoding "${encoding}"; send it uncompressed.`,
    details: { contentEncoding: encoding },
  })
}
