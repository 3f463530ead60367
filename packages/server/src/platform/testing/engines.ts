/** Both engines in both sizes, for the store tests of features. Only tests may import this. */
export { eachClickhouse } from '../../../../../test/harness/each-clickhouse.ts'
export { eachPostgres } from '../../../../../test/harness/each-postgres.ts'
