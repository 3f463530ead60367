import { pino, type DestinationStream, type Logger } from 'pino'

/** Structured log. Values first, then a sentence: `log.warn({ project }, 'The key was revoked')`. */
export type Log = Logger

/** Values under these names never reach the log, at the top or one or two levels down. */
const secretNames = [
  'apiKey',
  'authorization',
  'cookie',
  'credential',
  'masterKey',
  'password',
  'plaintext',
  'secret',
  'token',
  '["set-cookie"]',
  '["x-api-key"]',
]
const redactPaths = secretNames.flatMap((name) => {
  const tail = name.startsWith('[') ? name : `.${name}`
  return [name, `*${tail}`, `*.*${tail}`]
})

/** Makes the process's log: JSON lines on standard error (standard output belongs to `--json`), secrets redacted. */
export function makeLog(parts: { level?: string; name?: string; destination?: DestinationStream } = {}): Log {
  return pino(
    {
      name: parts.name ?? 'ratchet',
      level: parts.level ?? 'info',
      redact: { paths: redactPaths, censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { error: showError, err: showError },
    },
    parts.destination ?? pino.destination({ dest: 2, sync: true }),
  )
}

/** Only what helps: the parameters of a failed statement, and the row it names, are what users wrote. */
function showError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const shown: Record<string, unknown> = { ...pino.stdSerializers.err(error) }
  delete shown['params']
  delete shown['detail']
  return shown
}

/** A log that says nothing, for tests and for commands that print their own errors. */
export const silentLog: Log = pino({ level: 'silent' })
