import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isAppError } from '@ratchet/contract'
import type { NeutralAnswer, NeutralEvent } from '../../../neutral/neutral-answer.ts'
import type { NeutralRequest } from '../../../neutral/neutral-request.ts'
import { parseRequestJson } from '../../parse-json.ts'
import { gemini } from '../codec.ts'

export type Reply =
  | { readonly answer: NeutralAnswer }
  | { readonly batches: readonly (readonly NeutralEvent[])[] }

/** A server that speaks Gemini's format with our codec, and remembers what it was asked. */
export async function startGeminiServer(reply: (request: NeutralRequest) => Reply) {
  const requests: NeutralRequest[] = []
  const serve = async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const url = new URL(incoming.url ?? '', 'http://localhost')
    const [, model = '', verb = ''] = /models\/([^:]+):(\w+)$/.exec(url.pathname) ?? []
    try {
      const body = parseRequestJson(Buffer.concat(chunks))
      const request = gemini.readRequest(body, { model, isStream: verb === 'streamGenerateContent' })
      requests.push(request)
      const options = { model, id: 'made-id', createdS: 0, wantsUsage: true, request }
      const made = reply(request)
      if ('answer' in made) {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(gemini.writeAnswer(made.answer, options)))
        return
      }
      const isSse = url.searchParams.get('alt') === 'sse'
      response.setHeader('content-type', isSse ? 'text/event-stream' : 'application/json')
      const writer = gemini.makeStreamWriter({ ...options, streamFraming: isSse ? 'sse' : 'json-array' })
      for (const events of made.batches) {
        response.write(writer.write(events))
        await new Promise((resolve) => setImmediate(resolve))
      }
      response.end()
    } catch (error) {
      const status = isAppError(error) ? error.status : 500
      const param = isAppError(error) ? error.details['param'] : undefined
      response.writeHead(status, { 'content-type': 'application/json' })
      const told = {
        status,
        type: '',
        code: isAppError(error) ? error.code : 'internal',
        message: error instanceof Error ? error.message : String(error),
        ...(typeof param === 'string' ? { param } : {}),
      }
      response.end(JSON.stringify(gemini.writeError(told)))
    }
  }
  const server = createServer((incoming, response) => void serve(incoming, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    baseUrl: `http://127.0.0.1:${port}`,
    requests,
    stop: () => new Promise((resolve) => server.close(resolve)),
  }
}
