/** What starting our own server gives. */
export type StartedServer = {
  readonly url: string
  readonly gatewayUrl: string
  /** One-time link that opens the console signed in. */
  readonly consoleLink: string
  stop(): Promise<void>
}

export type StartOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly dataFolder: string
  readonly port?: number | undefined
  readonly gatewayPort?: number | undefined
  readonly gateways?: number | undefined
  readonly host?: string | undefined
  readonly isPublic?: boolean | undefined
  readonly logLevel?: string | undefined
}

/** Starts control, gateway and runner. Loaded only when needed: the engines cost most of a second to import. */
export async function startServer(options: StartOptions): Promise<StartedServer> {
  const { loadConfig, startControl } = await import('@ratchet/server')
  const { environment, ...overrides } = options
  return startControl(loadConfig({ ...environment }, overrides))
}
