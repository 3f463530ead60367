import { resolve } from 'node:path'
import { AppError } from '@ratchet/contract'
import type { ControlAddress } from '@ratchet/spool'

/** Everything the runner is told from outside, read once at start. */
export type RunnerConfig = {
  readonly dataFolder: string
  readonly control: ControlAddress
  readonly internalToken: string
  /** Base address of the gateway, without `/v1`. */
  readonly gatewayUrl: string
  /** Runs at the same time; default 64. */
  readonly maxRuns?: number
  /** Runs that may wait for their turn before callers get `overloaded`; default 256. */
  readonly maxWaitingRuns?: number
  /** Worker processes of tools at the same time; default 8. */
  readonly maxToolWorkers?: number
  /** Releases kept on disk; default 200, and at most `cacheLimitBytes` (2 GiB). */
  readonly maxCachedReleases?: number
  readonly cacheLimitBytes?: number
  readonly spoolLimitBytes?: number
  /** How long running calls may go on after stop; default 12 s. */
  readonly drainTimeoutMs?: number
  /** `info`, `warn`, `error` or `silent`. */
  readonly logLevel?: string
}

/** Reads the variables that control sets for its children. Throws `validation_failed` naming the variable. */
export function loadRunnerConfig(environment: NodeJS.ProcessEnv): RunnerConfig {
  const dataFolder = resolve(environment['RATCHET_DATA'] ?? '.ratchet')
  const socketPath = environment['RATCHET_CONTROL_SOCKET']
  const controlUrl = environment['RATCHET_CONTROL_URL']
  const logLevel = environment['RATCHET_LOG']
  return {
    dataFolder,
    control:
      controlUrl && !socketPath
        ? { url: readUrl('RATCHET_CONTROL_URL', controlUrl) }
        : { socketPath: socketPath ?? resolve(dataFolder, 'run/control.sock') },
    internalToken: readToken(environment),
    gatewayUrl: readUrl(
      'RATCHET_GATEWAY_URL',
      environment['RATCHET_GATEWAY_URL'] ?? defaultGateway(environment),
    ),
    maxRuns: readNumber(environment, 'RATCHET_RUNNER_RUNS', 64),
    maxToolWorkers: readNumber(environment, 'RATCHET_TOOL_WORKERS', 8),
    spoolLimitBytes: readNumber(environment, 'RATCHET_SPOOL_LIMIT_BYTES', 512 * 1024 * 1024),
    drainTimeoutMs: readNumber(environment, 'RATCHET_DRAIN_TIMEOUT_MS', 12_000),
    ...(logLevel ? { logLevel } : {}),
  }
}

function defaultGateway(environment: NodeJS.ProcessEnv): string {
  return `http://127.0.0.1:${environment['RATCHET_GATEWAY_PORT'] ?? '4701'}`
}

function readToken(environment: NodeJS.ProcessEnv): string {
  const token = environment['RATCHET_INTERNAL_TOKEN']
  if (token) return token
  throw new AppError('validation_failed', {
    message:
      'RATCHET_INTERNAL_TOKEN is not set. "ratchet up" sets it; on a machine of its own give the runner the token control was started with.',
    details: { field: 'RATCHET_INTERNAL_TOKEN' },
  })
}

function readUrl(name: string, text: string): string {
  const url = URL.parse(text)
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return text.replace(/\/+$/, '')
  throw new AppError('validation_failed', {
    message: `${name} is "${text}"; give an address such as http://127.0.0.1:4701.`,
    details: { field: name, value: text },
  })
}

function readNumber(environment: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = environment[name]
  if (text === undefined || text === '') return fallback
  const value = Number(text)
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw new AppError('validation_failed', {
    message: `${name} is "${text}"; give a whole number from 1.`,
    details: { field: name, value: text },
  })
}
