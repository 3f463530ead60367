import { AppError } from '@ratchet/contract'

/** The error for a stream that ended without saying that it was finished. */
export function streamCut(connection: { readonly name: string; readonly origin: string }): AppError {
  return new AppError('provider_stream_cut', {
    message: `The provider of connection "${connection.name}" (${connection.origin}) broke off in the middle of its answer. What came so far is incomplete; try again.`,
    details: { connection: connection.name },
  })
}
