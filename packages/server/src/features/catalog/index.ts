/**
 * Catalog: connections to model providers with their encrypted credentials, the models behind them, and prices.
 * The gateway gets all of it through the snapshot. A connection is made by hand, found in the environment at
 * start (its key then stays in memory), or built in.
 */
export { connectionSecrets } from './connection-secrets.ts'
export { makeCatalog, type Catalog, type CatalogParts } from './make-catalog.ts'
export { catalogMigrations } from './migrations.ts'
export { addressOf } from './providers/provider-address.ts'
export { mountCatalogRoutes } from './routes.ts'
