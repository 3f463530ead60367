import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GatewayParts } from '../gateway-parts.ts'
import { renderMetrics } from '../metrics/render-metrics.ts'

export type GatewayState = {
  readonly isDraining: boolean
  readonly isControlConnected: boolean
  /** Of the event loop. */
  readonly delayMs: number
}

/** Health and metrics, which need no key; false for any other path. */
export function serveOwnPath(
  parts: GatewayParts,
  state: GatewayState,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const reply = (status: number, body: object) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
    return true
  }
  const snapshot = parts.snapshots.current
  switch (request.url) {
    case '/health/live':
      return reply(200, { status: 'ok' })
    case '/health/ready': {
      const isReady = snapshot !== undefined && !state.isDraining
      const reason = state.isDraining
        ? 'draining'
        : snapshot === undefined
          ? 'no configuration yet'
          : undefined
      return reply(isReady ? 200 : 503, {
        status: isReady ? 'ok' : 'not ready',
        ...(reason === undefined ? {} : { reason }),
        snapshotVersion: snapshot?.version ?? 0,
        control: state.isControlConnected ? 'connected' : 'down',
        pid: process.pid,
      })
    }
    case '/metrics': {
      const text = renderMetrics({
        metrics: parts.metrics,
        protection: parts.protection,
        health: parts.health,
        delayMs: state.delayMs,
        cache: parts.cache,
        limits: parts.limits,
        spool: parts.spool.stats(),
        snapshot,
        isControlConnected: state.isControlConnected,
        nowMs: Date.now(),
      })
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text)
      return true
    }
    default:
      return false
  }
}
