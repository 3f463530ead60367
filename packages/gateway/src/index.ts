/**
 * The data plane: one process that holds credentials, checks keys, sends calls to providers and apps, and
 * writes a span for each. It needs no database and keeps serving when control is down.
 */
export { loadGatewayConfig, type GatewayConfig } from './config.ts'
export { startGateway, type RunningGateway } from './start-gateway.ts'
export { hashKeySecret } from './keys/hash-key-secret.ts'
export { signInvocationToken, verifyInvocationToken } from './keys/invocation-token.ts'
