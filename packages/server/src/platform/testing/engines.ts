/** Both engines in both sizes, for the store tests of features. Only tests may import this. */
export { eachClickhouse, type OpenColumnar } from '../../../../../test/harness/each-clickhouse.ts'
export { createDatabase, eachPostgres, type OpenDatabase } from '../../../../../test/harness/each-postgres.ts'
