import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import {
  AppError,
  internalPaths,
  retrieveRequest,
  shipment,
  type Source,
  type SpanRecord,
} from '@ratchet/contract'
import { digestFiles } from '../releases/release-digest.ts'

type FakeRelease = {
  readonly files: Readonly<Record<string, string>>
  readonly indexes: Readonly<Record<string, string>>
}

export type FakeControl = {
  readonly socketPath: string
  readonly spans: SpanRecord[]
  /** Bundle fetches by the token they came with. */
  readonly bundleTokens: string[]
  readonly retrieveBodies: unknown[]
  sources: Source[]
  /** Adds a release; gives its digest. */
  readonly addRelease: (release: FakeRelease) => string
  /** Changes what a digest is answered with, as a damaged store would. */
  readonly damageRelease: (digest: string, release: FakeRelease) => void
  readonly stop: () => Promise<void>
}

/** Control's internal API as the runner sees it: bundles, retrieval, telemetry. Any token starting with `rt_` is good. */
export async function startFakeControl(socketPath: string): Promise<FakeControl> {
  const releases = new Map<string, FakeRelease>()
  const control: FakeControl = {
    socketPath,
    spans: [],
    bundleTokens: [],
    retrieveBodies: [],
    sources: [],
    addRelease: (release) => {
      const files = Object.entries(release.files).map(([path, text]) => ({
        path,
        content: Buffer.from(text),
      }))
      const digest = digestFiles(files)
      releases.set(digest, release)
      return digest
    },
    damageRelease: (digest, release) => void releases.set(digest, release),
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      try {
        answer({ control, releases }, request, { response, body })
      } catch (error) {
        if (error instanceof AppError) sendJson(response, error.status, error.toBody())
        else sendJson(response, 500, { error: { code: 'internal', message: String(error) } })
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return control
}

function answer(
  { control, releases }: { control: FakeControl; releases: Map<string, FakeRelease> },
  request: IncomingMessage,
  { response, body }: { response: ServerResponse; body: string },
): void {
  const url = new URL(request.url ?? '/', 'http://control')
  const token = (request.headers.authorization ?? '').replace('Bearer ', '')
  if (url.pathname === internalPaths.telemetry) {
    control.spans.push(...shipment.parse(JSON.parse(body)).records)
    response.writeHead(204).end()
    return
  }
  if (!token.startsWith('rt_'))
    throw new AppError('unauthenticated', { message: 'The invocation token is wrong.' })
  if (url.pathname === internalPaths.retrieve) {
    control.retrieveBodies.push(retrieveRequest.parse(JSON.parse(body)))
    return sendJson(response, 200, { sources: control.sources })
  }
  control.bundleTokens.push(token)
  const digest = url.searchParams.get('digest') ?? ''
  const release = releases.get(digest)
  if (release === undefined) throw new AppError('not_found', { message: `There is no release ${digest}.` })
  const files = Object.entries(release.files).map(([path, text]) => ({
    path,
    contentBase64: Buffer.from(text).toString('base64'),
  }))
  sendJson(response, 200, { app: 'test', digest, files, indexes: release.indexes })
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readBody(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part)
  return Buffer.concat(parts).toString()
}
