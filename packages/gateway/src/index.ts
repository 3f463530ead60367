/**
 * The data plane: one process that holds credentials, checks keys, sends calls to providers and apps, and
 * writes a span for each. It needs no database and keeps serving when control is down.
 */
export { loadGatewayConfig, type GatewayConfig } from './config.ts'
export { protectionVariables } from './protection/protection-settings.ts'
export { gatewayFlags } from './process-flags.ts'
export { startGateway, type RunningGateway } from './start-gateway.ts'
export { hashKeySecret } from './keys/hash-key-secret.ts'
/** How providers are called that want more than a header: control tests connections with them. */
export { GoogleTokens, readServiceAccount, type PostForm } from './providers/google-token.ts'
export { makePostForm } from './providers/post-form.ts'
export { signAws } from './providers/sign-aws.ts'
export { signInvocationToken, verifyInvocationToken } from './keys/invocation-token.ts'
