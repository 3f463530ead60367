import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import OpenAI from 'openai'
import { isJsonObject, parseJsonOr, type JsonObject } from '../../parse-json.ts'

/** What the server answers: an event stream, or JSON with a status. */
export type SdkAnswer =
  | { readonly stream: readonly string[] }
  | { readonly status: number; readonly json: unknown }

/** The real OpenAI client in front of a local server that answers what a test gives it. */
export type SdkServer = {
  readonly client: OpenAI
  /** Bodies of the requests so far. */
  readonly bodies: JsonObject[]
  answerWith: (answer: SdkAnswer) => void
  stop: () => Promise<void>
}

export async function startSdkServer(): Promise<SdkServer> {
  const bodies: JsonObject[] = []
  let answer: SdkAnswer = { status: 500, json: {} }
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      bodies.push(body)
      if ('stream' in answer) {
        response.writeHead(200, { 'content-type': 'text/event-stream' })
        for (const piece of answer.stream) response.write(piece)
        response.end()
        return
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer.json))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    client: new OpenAI({ baseURL: `http://127.0.0.1:${port}/v1`, apiKey: 'test', maxRetries: 0 }),
    bodies,
    answerWith: (next) => {
      answer = next
    },
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function readBody(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = parseJsonOr(Buffer.concat(chunks).toString())
  return isJsonObject(body) ? body : {}
}
