import { createServer } from 'node:net'
import { fail, ok, type Finding } from './check.ts'

export type Port = {
  readonly name: string
  readonly variable: string
  readonly port: number
  readonly host: string
}

/** A port must be free, or be held by the Ratchet of this data folder. */
export async function checkPort(
  { name, variable, port, host }: Port,
  ownUrls: readonly string[],
): Promise<Finding> {
  const title = `port ${port}`
  if (ownUrls.some((url) => URL.parse(url)?.port === String(port))) return ok(title, `${name}: ours`)
  const reason = await tryPort(port, host)
  if (reason === undefined) return ok(title, `${name}: free`)
  if (reason === 'EADDRINUSE') {
    const who = (await isRatchet(port, host)) ? 'another Ratchet' : 'another program'
    return fail(title, `${name}: taken by ${who}`, `Stop it, or set ${variable} to another port.`)
  }
  return fail(
    title,
    `${name}: cannot be opened (${reason})`,
    `Set ${variable} to a port above 1023 on an address of this machine.`,
  )
}

function tryPort(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ port, host }, () => server.close(() => resolve(undefined)))
  })
}

async function isRatchet(port: number, host: string): Promise<boolean> {
  try {
    const response = await fetch(`http://${host}:${port}/health/live`, { signal: AbortSignal.timeout(1000) })
    return response.ok
  } catch {
    // Whatever holds the port does not speak HTTP as we do.
    return false
  }
}
