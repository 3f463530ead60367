import { AppError } from '@ratchet/contract'
import type { Config } from '../config.ts'
import { accessMigrations } from '../features/access/index.ts'
import { appsMigrations } from '../features/apps/index.ts'
import { batchesMigrations } from '../features/batches/index.ts'
import { catalogMigrations } from '../features/catalog/index.ts'
import { datasetsMigrations } from '../features/datasets/index.ts'
import { deploymentsMigrations } from '../features/deployments/index.ts'
import { gatewayConfigMigrations } from '../features/gateway-config/index.ts'
import { evaluationsColumnarMigrations, evaluationsMigrations } from '../features/evaluations/index.ts'
import { gatewayCacheMigrations } from '../features/gateway-cache/index.ts'
import { limitsMigrations } from '../features/limits/index.ts'
import { retrievalColumnarMigrations, retrievalMigrations } from '../features/retrieval/index.ts'
import { tracesColumnarMigrations } from '../features/traces/index.ts'
import { openClickhouse, type Clickhouse } from '../platform/clickhouse/open-clickhouse.ts'
import type { DataFolder } from '../platform/data-folder.ts'
import type { Log } from '../platform/log.ts'
import { platformMigrations } from '../platform/platform-migrations.ts'
import { openPostgres, type Postgres } from '../platform/postgres/open-postgres.ts'

export type Engines = { readonly postgres: Postgres; readonly clickhouse: Clickhouse }

/** Opens both engines side by side and migrates them. When one fails the other is closed again. */
export async function openEngines(config: Config, folder: DataFolder, log: Log): Promise<Engines> {
  const [postgres, clickhouse] = await Promise.allSettled([
    openPostgres({
      source: { folder: folder.postgres },
      databaseUrl: config.databaseUrl,
      migrations: [
        ...platformMigrations,
        ...accessMigrations,
        ...catalogMigrations,
        ...appsMigrations,
        ...deploymentsMigrations,
        ...gatewayConfigMigrations,
        ...limitsMigrations,
        ...gatewayCacheMigrations,
        ...batchesMigrations,
        ...datasetsMigrations,
        ...retrievalMigrations,
        ...evaluationsMigrations,
      ],
      log,
    }),
    openClickhouse({
      folder: folder.clickhouse,
      clickhouseUrl: config.clickhouseUrl,
      migrations: [
        ...tracesColumnarMigrations,
        ...retrievalColumnarMigrations,
        ...evaluationsColumnarMigrations,
      ],
      log,
    }),
  ])
  if (postgres.status === 'fulfilled' && clickhouse.status === 'fulfilled') {
    return { postgres: postgres.value, clickhouse: clickhouse.value }
  }
  if (postgres.status === 'fulfilled') await postgres.value.stop()
  if (clickhouse.status === 'fulfilled') await clickhouse.value.stop()
  const reason: unknown =
    postgres.status === 'rejected'
      ? postgres.reason
      : clickhouse.status === 'rejected'
        ? clickhouse.reason
        : undefined
  throw reason instanceof Error
    ? reason
    : new AppError('unavailable', { message: `The engines did not open: ${String(reason)}` })
}
