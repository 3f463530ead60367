/**
 * Invocations: how control calls models and apps for playground, CLI, evaluations and index builds. Every
 * call goes through the gateway with a short-lived token, so keys, limits, cost and traces are in one place.
 */
export {
  makeInvocations,
  type AskSocket,
  type CallOf,
  type Invocation,
  type Invocations,
  type InvocationsParts,
} from './invocations.ts'
export { mountInvocationsRoutes } from './routes.ts'
