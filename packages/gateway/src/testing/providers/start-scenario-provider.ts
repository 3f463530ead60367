import { createServer } from 'node:http'
import { isJsonObject, parseJsonOr, type JsonObject } from '../../formats/parse-json.ts'
import { anthropicFamily } from './anthropic-family.ts'
import { bedrockFamily } from './bedrock-family.ts'
import { geminiFamily } from './gemini-family.ts'
import { mistralFamily } from './mistral-family.ts'
import { openAiFamily } from './open-ai-family.ts'
import type { FamilyName, FamilyRequest, ProviderFamily } from './provider-family.ts'

export const families: Readonly<Record<FamilyName, ProviderFamily>> = {
  openai: openAiFamily,
  anthropic: anthropicFamily,
  gemini: geminiFamily,
  bedrock: bedrockFamily,
  mistral: mistralFamily,
}

export type SeenCall = FamilyRequest & {
  readonly text: string
  /** Set when the gateway closed the connection before the answer ended; milliseconds of `performance.now()`. */
  closedMs?: number
}

export type ScenarioProvider = {
  readonly baseUrl: string
  readonly seen: SeenCall[]
  readonly stop: () => Promise<void>
}

/** A local provider of one family that plays the scenario which the model's name asks for. */
export async function startScenarioProvider(family: FamilyName): Promise<ScenarioProvider> {
  const seen: SeenCall[] = []
  const { reply, basePath } = families[family]
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => void answer())
    const answer = async (): Promise<void> => {
      const text = Buffer.concat(parts).toString()
      const parsed = parseJsonOr(text)
      const json: JsonObject = isJsonObject(parsed) ? parsed : {}
      const entry: SeenCall = { path: request.url ?? '', headers: request.headers, json, text }
      seen.push(entry)
      response.on('close', () => {
        if (!response.writableFinished) entry.closedMs = performance.now()
      })
      const { status, headers, pieces, ending } = reply(entry)
      response.writeHead(status, { ...headers, 'x-request-id': 'req-of-provider' }).flushHeaders()
      for (const piece of pieces) {
        response.write(piece)
        // Its own turn, so that it is its own packet.
        await new Promise((resolve) => setImmediate(resolve))
      }
      if (ending === 'end') response.end()
      if (ending === 'destroy') setTimeout(() => response.destroy(), 10)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    baseUrl: `http://127.0.0.1:${port}${basePath}`,
    seen,
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
