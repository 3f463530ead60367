import { getStatus, isAppError, listConnections, testConnection, type Connection } from '@ratchet/contract'
import type { Client } from '@ratchet/sdk'
import { formatBytes, formatCount, formatDuration } from '../render/figures.ts'
import type { Server } from '../server/use-server.ts'
import { fail, ok, warn, type Finding } from './check.ts'

/** Everything that only a running server can tell: engines, processes, telemetry, providers, clock. */
export async function checkServer(server: Server): Promise<Finding[]> {
  const status = await server.client.call(getStatus, { timeoutMs: 10_000 }).catch(toFinding('control'))
  if ('advice' in status || 'name' in status) return [status]
  const { telemetry } = status
  const dropped = telemetry.droppedRecords + telemetry.droppedBodies
  return [
    ok('control', `${status.version} at ${status.url}`),
    ...status.engines.map(({ name, kind, version, ok: isOpen, message }) =>
      isOpen
        ? ok(name, `${kind} ${version}`)
        : fail(name, message ?? 'not open', 'See the log of control; check DATABASE_URL and CLICKHOUSE_URL.'),
    ),
    ...status.processes.map(({ name, state, restarts, message }) =>
      state === 'ready'
        ? restarts > 3
          ? warn(name, `ready after ${restarts} restarts`, `See logs/${name}.log in the data folder.`)
          : ok(name, 'ready')
        : fail(name, `${state}${message ? `: ${message}` : ''}`, `See logs/${name}.log in the data folder.`),
    ),
    await checkGateway(server.gatewayUrl),
    dropped > 0
      ? warn(
          'telemetry',
          `${formatCount(dropped)} records or bodies were dropped (spool ${formatBytes(telemetry.spoolBytes)})`,
          'The spool was full: free disk space and see that control runs.',
        )
      : ok(
          'telemetry',
          `spool ${formatBytes(telemetry.spoolBytes)} of ${formatBytes(telemetry.spoolLimitBytes)}`,
        ),
    ...(telemetry.deadLetterRows > 0
      ? [
          warn(
            'dead letters',
            `${formatCount(telemetry.deadLetterRows)} rows could not be stored`,
            'Insert them again with: ratchet telemetry replay',
          ),
        ]
      : []),
    ...(await checkProviders(server.client)),
    await checkClock(server.url),
  ]
}

async function checkGateway(gatewayUrl: string): Promise<Finding> {
  const startedMs = performance.now()
  try {
    const response = await fetch(`${gatewayUrl}/health/ready`, { signal: AbortSignal.timeout(3000) })
    const text = `${gatewayUrl} (${formatDuration(performance.now() - startedMs)})`
    return response.ok
      ? ok('gateway address', text)
      : fail(
          'gateway address',
          `${text} answered ${response.status}`,
          'See logs/gateway.log in the data folder.',
        )
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return fail(
      'gateway address',
      `${gatewayUrl} cannot be reached: ${reason}`,
      'A firewall or proxy may stand between; see logs/gateway.log.',
    )
  }
}

async function checkProviders(client: Client): Promise<Finding[]> {
  const connections: Connection[] = []
  for await (const page of client.pages(listConnections)) connections.push(...page.items)
  return Promise.all(connections.map((connection) => checkProvider(client, connection)))
}

async function checkProvider(client: Client, { name, provider }: Connection): Promise<Finding> {
  const title = `provider ${name}`
  if (provider === 'offline') return ok(title, 'built in (not a language model)')
  const advice = `Check address and credential: ratchet connections test ${name}`
  try {
    const {
      ok: isWell,
      message,
      latencyMs,
    } = await client.call(testConnection, { params: { name }, timeoutMs: 20_000 })
    return isWell ? ok(title, `${message} (${formatDuration(latencyMs)})`) : warn(title, message, advice)
  } catch (error) {
    return warn(title, error instanceof Error ? error.message : String(error), advice)
  }
}

/** Keys, links and tokens expire by the clock; ours and the server's must agree. */
async function checkClock(url: string): Promise<Finding> {
  const response = await fetch(`${url}/health/live`, { signal: AbortSignal.timeout(3000) }).catch(
    () => undefined,
  )
  const theirs = Date.parse(response?.headers.get('date') ?? '')
  if (Number.isNaN(theirs))
    return warn('clock', 'the server did not tell its time', 'Compare the clocks of both machines by hand.')
  const skewMs = Math.abs(Date.now() - theirs)
  const text = `${formatDuration(skewMs)} apart from the server`
  return skewMs > 60_000
    ? warn('clock', text, 'Synchronise both clocks (NTP): tokens and links expire by them.')
    : ok('clock', 'agrees with the server')
}

function toFinding(name: string): (error: unknown) => Finding {
  return (error) => {
    const isRefused =
      isAppError(error) &&
      (error.code === 'unauthenticated' || error.code === 'key_revoked' || error.code === 'forbidden')
    const advice = isRefused
      ? 'Set RATCHET_KEY to a key of this server.'
      : 'See that Ratchet runs there: ratchet up'
    return fail(name, error instanceof Error ? error.message : String(error), advice)
  }
}
