/**
 * Client of Ratchet's API for TypeScript, in browsers and in Node: every call is a route record of the
 * contract, so parameters, body and answer are typed and checked without generated code.
 */
export { ApiError } from './api-error.ts'
export type { CallOptions, CallParts } from './call-parts.ts'
export { makeClient, type Client, type ClientOptions } from './client.ts'
export { readEvents, type ServerEvent } from './event-stream.ts'
