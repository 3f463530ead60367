/** Writes one JSON line per event to standard output; control keeps the file. */
export type Log = {
  readonly info: (details: object, message: string) => void
  readonly warn: (details: object, message: string) => void
  readonly error: (details: object, message: string) => void
}

const levels = { info: 30, warn: 40, error: 50 } as const
const silent = 60

/** `level`: `info`, `warn`, `error` or `silent`; anything else counts as `info`. */
export function makeLog(level: string, write = (line: string): unknown => process.stdout.write(line)): Log {
  const lowest = level === 'silent' ? silent : isLevel(level) ? levels[level] : levels.info
  const at = (name: keyof typeof levels) => (details: object, message: string) => {
    if (levels[name] < lowest) return
    const shown = Object.fromEntries(Object.entries(details).map(([key, value]) => [key, printable(value)]))
    const line = { level: name, time: new Date().toISOString(), process: 'runner', ...shown, message }
    write(`${JSON.stringify(line)}\n`)
  }
  return { info: at('info'), warn: at('warn'), error: at('error') }
}

function isLevel(name: string): name is keyof typeof levels {
  return Object.hasOwn(levels, name)
}

function printable(value: unknown): unknown {
  return value instanceof Error ? { name: value.name, message: value.message, stack: value.stack } : value
}
