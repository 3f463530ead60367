import { totalmem } from 'node:os'

/** What one process takes on before it refuses; 0 turns a bound off. */
export type ProtectionSettings = {
  /** Time a client has for head and body of a request. */
  readonly requestReadTimeoutMs: number
  /** Time a client has for the head alone. */
  readonly headersTimeoutMs: number
  /** A client that takes nothing of its answer for this long is cut off. */
  readonly writeTimeoutMs: number
  readonly headerLimitBytes: number
  readonly headerLimitCount: number
  readonly maxConnections: number
  /** Smoothed delay of the event loop above which new calls are refused. */
  readonly shedDelayMs: number
  /** Calls in flight above which new ones are refused. */
  readonly shedCalls: number
  /** Resident memory above which new calls are refused. */
  readonly shedMemoryBytes: number
}

/** 80 % of what the machine or the container has, at most 4 GiB. */
function memoryBound(): number {
  const constrained = process.constrainedMemory()
  const available = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
  return Math.floor(Math.min(4 * 1024 ** 3, 0.8 * available))
}

export const defaultProtection: ProtectionSettings = {
  requestReadTimeoutMs: 60_000,
  headersTimeoutMs: 15_000,
  writeTimeoutMs: 60_000,
  headerLimitBytes: 32 * 1024,
  headerLimitCount: 200,
  maxConnections: 10_000,
  shedDelayMs: 1_000,
  shedCalls: 5_000,
  shedMemoryBytes: memoryBound(),
}

/** The variable of each setting. */
export const protectionVariables: Readonly<Record<keyof ProtectionSettings, string>> = {
  requestReadTimeoutMs: 'RATCHET_REQUEST_READ_TIMEOUT_MS',
  headersTimeoutMs: 'RATCHET_HEADERS_TIMEOUT_MS',
  writeTimeoutMs: 'RATCHET_WRITE_TIMEOUT_MS',
  headerLimitBytes: 'RATCHET_HEADER_LIMIT_BYTES',
  headerLimitCount: 'RATCHET_HEADER_LIMIT_COUNT',
  maxConnections: 'RATCHET_MAX_CONNECTIONS',
  shedDelayMs: 'RATCHET_SHED_DELAY_MS',
  shedCalls: 'RATCHET_SHED_CALLS',
  shedMemoryBytes: 'RATCHET_SHED_MEMORY_BYTES',
}
