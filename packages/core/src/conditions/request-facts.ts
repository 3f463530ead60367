/** A value that a caller put into metadata or into a field of the body. Only scalars and lists of them can be compared. */
export type FactValue = unknown

/**
 * What conditions can ask about a request. Everything may be computed when it is first asked for (getters), because
 * most conditions look at one or two facts. An empty string says that the request does not tell.
 */
export type RequestFacts = {
  /** The model as the caller wrote it. */
  readonly model: string
  readonly route: string
  readonly environment: string
  /** `key` in a condition means either of the two. */
  readonly keyId: string
  readonly keyName: string
  readonly user: string
  readonly session: string
  readonly app: string
  readonly stream: boolean
  /** How many tools the request offers; `equals: true` asks for at least one. */
  readonly tools: number
  /** How many images it holds; `equals: true` asks for at least one. */
  readonly images: number
  /** Estimated. */
  readonly inputTokens: number
  readonly metadata: (name: string) => FactValue
  /** `name` is in lower case. */
  readonly header: (name: string) => FactValue
  /** A top-level field of the body. */
  readonly parameter: (name: string) => FactValue
}
