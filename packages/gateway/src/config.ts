import { resolve } from 'node:path'
import { AppError } from '@ratchet/contract'
import type { ControlAddress } from '@ratchet/spool'
import {
  defaultProtection,
  protectionVariables,
  type ProtectionSettings,
} from './protection/protection-settings.ts'

/** Everything the gateway is told from outside, read once at start. */
export type GatewayConfig = {
  /** Names its record and its sockets, when several serve one folder; default `gateway`. */
  readonly name?: string
  readonly dataFolder: string
  readonly host: string
  /** 0: any free port, for tests. */
  readonly port: number
  readonly control: ControlAddress
  readonly internalToken: string
  /** Encrypts the snapshot on disk, base64 of 32 bytes; absent: no copy on disk, so no start without control. */
  readonly snapshotKey?: string
  /** Socket of the runner to start with; `run/runner.json` names later ones. */
  readonly runnerSocket?: string
  readonly spoolLimitBytes?: number
  /** How long spans gather before they are sent to control; default 200 ms. */
  readonly spoolDelayMs?: number
  /** Longest input and output kept in a span, in bytes each. */
  readonly bodyLimitBytes?: number
  /** A provider that sends a head and nothing more for this long has failed; default 300 s. */
  readonly firstTokenTimeoutMs?: number
  /** A streaming provider that sends nothing whole for this long has failed; default 120 s. */
  readonly idleTimeoutMs?: number
  /** Default 10 s. */
  readonly connectTimeoutMs?: number
  /** How long running calls may go on after stop; default 12 s. */
  readonly drainTimeoutMs?: number
  readonly logLevel?: string
  /** What is absent is as in {@link defaultProtection}. */
  readonly protection?: Partial<ProtectionSettings>
  /** Providers are told the caller's trace: `traceparent` with our span, and `tracestate` as it came. */
  readonly sendTraceContext?: boolean
  /** A file, or `stdout`; absent: no access log. */
  readonly accessLog?: string
}

/** Reads the variables that control sets for its children. Throws `validation_failed` naming the variable. */
export function loadGatewayConfig(environment: NodeJS.ProcessEnv): GatewayConfig {
  const dataFolder = resolve(environment['RATCHET_DATA'] ?? '.ratchet')
  const socketPath = environment['RATCHET_CONTROL_SOCKET']
  const url = environment['RATCHET_CONTROL_URL']
  const snapshotKey = environment['RATCHET_SNAPSHOT_KEY']
  const runnerSocket = environment['RATCHET_RUNNER_SOCKET']
  const logLevel = environment['RATCHET_LOG']
  const accessLog = environment['RATCHET_ACCESS_LOG']
  const name = environment['RATCHET_GATEWAY_NAME']
  return {
    dataFolder,
    host: environment['RATCHET_HOST'] ?? '127.0.0.1',
    port: readNumber(environment, 'RATCHET_GATEWAY_PORT', { fallback: 4701, high: 65_535 }),
    control:
      url && !socketPath ? { url } : { socketPath: socketPath ?? resolve(dataFolder, 'run/control.sock') },
    internalToken: readToken(environment),
    spoolLimitBytes: readNumber(environment, 'RATCHET_SPOOL_LIMIT_BYTES', { fallback: 512 * 1024 * 1024 }),
    bodyLimitBytes: readNumber(environment, 'RATCHET_SPAN_BODY_LIMIT_BYTES', { fallback: 256 * 1024 }),
    firstTokenTimeoutMs: readNumber(environment, 'RATCHET_FIRST_TOKEN_TIMEOUT_MS', { fallback: 300_000 }),
    idleTimeoutMs: readNumber(environment, 'RATCHET_IDLE_TIMEOUT_MS', { fallback: 120_000 }),
    drainTimeoutMs: readNumber(environment, 'RATCHET_DRAIN_TIMEOUT_MS', {
      fallback: 12_000,
      high: 3_600_000,
    }),
    ...(snapshotKey ? { snapshotKey } : {}),
    ...(runnerSocket ? { runnerSocket } : {}),
    ...(logLevel ? { logLevel } : {}),
    protection: readProtection(environment),
    ...(accessLog && accessLog !== 'off' ? { accessLog } : {}),
    ...(name ? { name } : {}),
    sendTraceContext: environment['RATCHET_SEND_TRACE_CONTEXT'] === 'on',
  }
}

function readToken(environment: NodeJS.ProcessEnv): string {
  const token = environment['RATCHET_INTERNAL_TOKEN']
  if (token) return token
  throw new AppError('validation_failed', {
    message:
      'RATCHET_INTERNAL_TOKEN is not set. "ratchet up" sets it; on a machine of its own give the gateway the token control was started with.',
    details: { field: 'RATCHET_INTERNAL_TOKEN' },
  })
}

function readProtection(environment: NodeJS.ProcessEnv): ProtectionSettings {
  const read = (setting: keyof ProtectionSettings): number =>
    readNumber(environment, protectionVariables[setting], { fallback: defaultProtection[setting] })
  return {
    requestReadTimeoutMs: read('requestReadTimeoutMs'),
    headersTimeoutMs: read('headersTimeoutMs'),
    writeTimeoutMs: read('writeTimeoutMs'),
    headerLimitBytes: read('headerLimitBytes'),
    headerLimitCount: read('headerLimitCount'),
    maxConnections: read('maxConnections'),
    shedDelayMs: read('shedDelayMs'),
    shedCalls: read('shedCalls'),
    shedMemoryBytes: read('shedMemoryBytes'),
  }
}

function readNumber(
  environment: NodeJS.ProcessEnv,
  name: string,
  range: { fallback: number; high?: number },
): number {
  const text = environment[name]
  if (text === undefined || text === '') return range.fallback
  const value = Number(text)
  const high = range.high ?? Number.MAX_SAFE_INTEGER
  if (Number.isInteger(value) && value >= 0 && value <= high) return value
  throw new AppError('validation_failed', {
    message: `${name} is "${text}"; give a whole number from 0 to ${high}.`,
    details: { field: name, value: text },
  })
}
