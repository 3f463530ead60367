/**
 * Deployments: which release each environment serves, all at once for now. The history is append-only and answers
 * what served at any time; the gateway gets what is live through the snapshot.
 */
export { makeDeployments, type Deployments } from './make-deployments.ts'
export { deploymentsMigrations } from './migrations.ts'
export { mountDeploymentsRoutes } from './routes.ts'
