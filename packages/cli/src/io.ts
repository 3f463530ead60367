/** A stream that text is written to, and what is known about it. */
export type TextStream = {
  write(text: string): void
  readonly isTerminal: boolean
  readonly columns: number
}

/** Everything a command has from outside; tests pass their own. */
export type Io = {
  readonly stdout: TextStream
  readonly stderr: TextStream
  /** Terminal to ask questions on; absent in scripts. */
  readonly canAsk: boolean
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths start from. */
  readonly folder: string
  /** Aborts at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal
  /** Reads standard input to its end. */
  readonly readStdin: () => Promise<string>
}

/** The process as Io. The second signal ends it at once, so that a stuck command can be left. */
export function processIo(): Io {
  const controller = new AbortController()
  let lastMs = 0
  const onSignal = (signal: NodeJS.Signals) => {
    // The terminal and our launcher may both deliver the same Ctrl-C.
    const isEcho = performance.now() - lastMs < 500
    lastMs = performance.now()
    if (!controller.signal.aborted) controller.abort(new Error(`stopped by ${signal}`))
    else if (!isEcho) process.exit(130)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    stdout: textStream(process.stdout),
    stderr: textStream(process.stderr),
    canAsk: process.stdin.isTTY && process.stdout.isTTY,
    environment: process.env,
    folder: process.cwd(),
    signal: controller.signal,
    readStdin: async () => {
      const chunks: Buffer[] = []
      for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}

function textStream(stream: NodeJS.WriteStream): TextStream {
  // `ratchet traces list | head` closes the pipe early; that is the reader's right, not a failure.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    throw error
  })
  return {
    write: (text) => void stream.write(text),
    get isTerminal() {
      return stream.isTTY
    },
    get columns() {
      return stream.isTTY ? stream.columns : 120
    },
  }
}
