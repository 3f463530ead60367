import { createServer, type ServerResponse } from 'node:http'
import {
  cacheReport,
  gatewayStateReport,
  internalPaths,
  limitReport,
  shipment,
  type CacheReport,
  type GatewayStateReport,
  type LimitAnswer,
  type LimitReport,
  type Snapshot,
  type SpanRecord,
} from '@ratchet/contract'

export type FakeControl = {
  readonly socketPath: string
  /** Spans that have arrived, once each however often their shipment came. */
  readonly spans: SpanRecord[]
  readonly problems: string[]
  /** What gateways said about limits. */
  readonly limitReports: LimitReport[]
  /** What gateways said about their caches. */
  readonly cacheReports: CacheReport[]
  /** What gateways said about their targets. */
  readonly stateReports: GatewayStateReport[]
  /** Sends a new snapshot to every gateway that listens. */
  readonly publish: (snapshot: Snapshot) => void
  readonly stop: () => Promise<void>
}

/** Control as the gateway sees it: the snapshot stream and the telemetry path on a unix socket. */
export async function startFakeControl(socketPath: string, first: Snapshot): Promise<FakeControl> {
  let snapshot = first
  const listeners = new Set<ServerResponse>()
  const tokens = new Set<string>()
  const spans: SpanRecord[] = []
  const problems: string[] = []
  const limitReports: LimitReport[] = []
  const cacheReports: CacheReport[] = []
  const stateReports: GatewayStateReport[] = []
  const server = createServer((request, response) => {
    if (request.headers.authorization !== 'Bearer internal-token') {
      response.writeHead(401).end()
      return
    }
    if (request.url === internalPaths.snapshotStream) {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      response.write(`${JSON.stringify(snapshot)}\n`)
      listeners.add(response)
      response.on('close', () => listeners.delete(response))
      return
    }
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      if (request.url === internalPaths.limits) {
        const report = limitReport.parse(JSON.parse(Buffer.concat(parts).toString()))
        limitReports.push(report)
        return response.writeHead(200).end(JSON.stringify(answerLimits(report, limitReports)))
      }
      if (request.url === internalPaths.cache) {
        cacheReports.push(cacheReport.parse(JSON.parse(Buffer.concat(parts).toString())))
        return response.writeHead(204).end()
      }
      if (request.url === internalPaths.state) {
        stateReports.push(gatewayStateReport.parse(JSON.parse(Buffer.concat(parts).toString())))
        return response.writeHead(204).end()
      }
      const parsed = shipment.safeParse(JSON.parse(Buffer.concat(parts).toString()))
      if (!parsed.success) {
        problems.push(parsed.error.message)
        return response.writeHead(400).end()
      }
      if (!tokens.has(parsed.data.token)) spans.push(...parsed.data.records)
      tokens.add(parsed.data.token)
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return {
    socketPath,
    spans,
    problems,
    limitReports,
    cacheReports,
    stateReports,
    publish: (next) => {
      snapshot = next
      for (const listener of listeners) listener.write(`${JSON.stringify(next)}\n`)
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** One gateway and all of the rest for it. */
function answerLimits(report: LimitReport, all: readonly LimitReport[]): LimitAnswer {
  return {
    gateways: 1,
    budgets: report.budgets.map((budget) => {
      const spentNano = all
        .flatMap(({ budgets }) => budgets)
        .filter(
          ({ name, subject, period }) =>
            `${name} ${subject} ${period}` === `${budget.name} ${budget.subject} ${budget.period}`,
        )
        .reduce((sum, told) => sum + told.spentNano, 0)
      const restNano = budget.limitNano - spentNano - budget.heldNano
      const grantNano = Math.max(0, Math.min(budget.wantNano, restNano))
      return { grantNano, spentNano, restNano: restNano - grantNano, heldByOthersNano: 0 }
    }),
    rates: report.rates.map(() => ({ grant: 0, others: [], heldByOthers: 0 })),
  }
}
