import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { AppError, parseKey } from '@ratchet/contract'

/** Everything the control process is told from outside, read once at start. */
export type Config = {
  readonly version: string
  readonly dataFolder: string
  readonly host: string
  readonly port: number
  readonly gatewayPort: number
  /** Gateway processes that share the port. */
  readonly gateways: number
  /** The operator confirms that a TLS-terminating proxy stands in front; needed to bind a public address. */
  readonly isPublic: boolean
  readonly bootstrapKey: string | undefined
  readonly masterKey: string | undefined
  readonly databaseUrl: string | undefined
  readonly clickhouseUrl: string | undefined
  /** Shared by our own processes; set it yourself only when they run on several machines. */
  readonly internalToken: string
  readonly internalTokenIsShared: boolean
  readonly bodyLimitBytes: number
  readonly requestTimeoutMs: number
  /** How long calls that run when a gateway stops may go on. */
  readonly drainTimeoutMs: number
  readonly discoverProviders: boolean
  readonly logLevel: string
  readonly environment: Readonly<Record<string, string | undefined>>
}

export type ConfigOverrides = Partial<
  Pick<
    Config,
    | 'dataFolder'
    | 'host'
    | 'port'
    | 'gatewayPort'
    | 'gateways'
    | 'isPublic'
    | 'logLevel'
    | 'discoverProviders'
  >
>

/** Reads the environment; flags in `overrides` win. Throws `validation_failed` naming the variable and its value. */
export function loadConfig(environment: NodeJS.ProcessEnv, overrides: ConfigOverrides = {}): Config {
  const host = overrides.host ?? environment['RATCHET_HOST'] ?? '127.0.0.1'
  const isPublic = overrides.isPublic ?? false
  refusePublicBind(host, isPublic)
  const sharedToken = environment['RATCHET_INTERNAL_TOKEN']
  return {
    version: readVersion(),
    dataFolder: resolve(overrides.dataFolder ?? environment['RATCHET_DATA'] ?? '.ratchet'),
    host,
    port: overrides.port ?? readPort(environment, 'RATCHET_PORT', 4700),
    gatewayPort: overrides.gatewayPort ?? readPort(environment, 'RATCHET_GATEWAY_PORT', 4701),
    gateways: overrides.gateways ?? readNumber(environment, 'RATCHET_GATEWAYS', 1, 1, 64),
    isPublic,
    bootstrapKey: readBootstrapKey(environment['RATCHET_BOOTSTRAP_KEY']),
    masterKey: environment['RATCHET_MASTER_KEY'],
    databaseUrl: environment['DATABASE_URL'],
    clickhouseUrl: environment['CLICKHOUSE_URL'],
    internalToken: sharedToken ?? randomBytes(24).toString('base64url'),
    internalTokenIsShared: sharedToken !== undefined,
    bodyLimitBytes: readNumber(environment, 'RATCHET_BODY_LIMIT_BYTES', 32 * 1024 * 1024, 1024),
    requestTimeoutMs: readNumber(environment, 'RATCHET_REQUEST_TIMEOUT_MS', 600_000, 100),
    drainTimeoutMs: readNumber(environment, 'RATCHET_DRAIN_TIMEOUT_MS', 12_000, 1, 3_600_000),
    discoverProviders: overrides.discoverProviders ?? environment['RATCHET_DISCOVER'] !== 'off',
    logLevel: overrides.logLevel ?? environment['RATCHET_LOG'] ?? 'info',
    environment,
  }
}

function readVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}

const loopback = new Set(['127.0.0.1', 'localhost', '::1', '[::1]'])

function refusePublicBind(host: string, isPublic: boolean): void {
  if (isPublic || loopback.has(host)) return
  throw new AppError('validation_failed', {
    message:
      `RATCHET_HOST is "${host}", which other machines can reach over plain HTTP. ` +
      `Put a proxy that terminates TLS in front and start with --public, or keep 127.0.0.1.`,
    details: { field: 'RATCHET_HOST', value: host },
  })
}

function readBootstrapKey(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined
  if (parseKey(value)) return value
  throw new AppError('validation_failed', {
    message:
      'RATCHET_BOOTSTRAP_KEY does not have the form rk_<public>_<secret> ' +
      '(public: 4 to 32 letters or digits; secret: at least 16 characters). ' +
      `Make one with: node -e "console.log('rk_admin_'+require('crypto').randomBytes(24).toString('hex'))"`,
    details: { field: 'RATCHET_BOOTSTRAP_KEY' },
  })
}

function readPort(environment: NodeJS.ProcessEnv, name: string, fallback: number): number {
  return readNumber(environment, name, fallback, 0, 65_535)
}

function readNumber(
  environment: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  low: number,
  high = Number.MAX_SAFE_INTEGER,
): number {
  const text = environment[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (Number.isInteger(value) && value >= low && value <= high) return value
  throw new AppError('validation_failed', {
    message: `${name} is "${text}"; give a whole number from ${low} to ${high}.`,
    details: { field: name, value: text },
  })
}
