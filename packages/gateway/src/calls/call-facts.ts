import type { RequestFacts } from '@ratchet/core/conditions'
import { inputText, type ModelRequest } from '../formats/chat-request.ts'
import { isJsonObject } from '../formats/parse-json.ts'
import { estimateInputTokens } from '../formats/estimate-usage.ts'
import type { Exchange } from './exchange.ts'

/** What conditions of routes, limits and caches can ask about a call; worked out when it is asked. */
export class CallFacts implements RequestFacts {
  readonly route: string
  readonly #exchange: Exchange
  readonly #request: ModelRequest
  #inputTokens: number | undefined

  constructor(exchange: Exchange, request: ModelRequest, route: string) {
    this.#exchange = exchange
    this.#request = request
    this.route = route
  }

  get model(): string {
    return this.#request.model
  }

  get environment(): string {
    return this.#exchange.environment
  }

  get keyId(): string {
    return this.#exchange.caller?.keyId ?? ''
  }

  get keyName(): string {
    return this.#exchange.caller?.keyName ?? ''
  }

  get user(): string {
    return this.#exchange.userId
  }

  get session(): string {
    return this.#exchange.sessionId
  }

  get app(): string {
    return this.#exchange.appName()
  }

  get stream(): boolean {
    return this.#request.isStream
  }

  get tools(): number {
    const { tools } = this.#request.json
    return Array.isArray(tools) ? tools.length : 0
  }

  get images(): number {
    // Every format names the kind of a part; counting names is enough for a condition.
    return (
      inputText(this.#request).match(/"(?:image_url|input_image|image|inlineData|inline_data)"\s*[:,}]/g)
        ?.length ?? 0
    )
  }

  get inputTokens(): number {
    return (this.#inputTokens ??= this.#countInput())
  }

  metadata(name: string): unknown {
    const { metadata } = this.#request.json
    return isJsonObject(metadata) ? metadata[name] : undefined
  }

  header(name: string): unknown {
    return this.#exchange.request.headers[name]
  }

  parameter(name: string): unknown {
    return this.#request.json[name]
  }

  #countInput(): number {
    const { json, shape } = this.#request
    const tokens = estimateInputTokens(json[shape.inputField])
    return shape.systemField === undefined ? tokens : tokens + estimateInputTokens(json[shape.systemField])
  }
}
