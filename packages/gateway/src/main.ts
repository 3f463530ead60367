import { isAppError } from '@ratchet/contract'
import { loadGatewayConfig } from './config.ts'
import { makeLog } from './log.ts'
import { startGateway } from './start-gateway.ts'

const log = makeLog(process.env['RATCHET_LOG'] ?? 'info')

try {
  const gateway = await startGateway(loadGatewayConfig(process.env))
  let isStopping = false
  const stop = (signal: NodeJS.Signals): void => {
    if (isStopping) return
    isStopping = true
    log.info({ signal }, 'draining')
    gateway.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ error }, 'the gateway did not stop cleanly')
        process.exit(1)
      },
    )
  }
  process.on('SIGTERM', stop)
  process.on('SIGINT', stop)
} catch (error) {
  log.error(
    isAppError(error) ? { code: error.code } : { error },
    isAppError(error) ? error.message : 'the gateway did not start',
  )
  process.exit(1)
}
