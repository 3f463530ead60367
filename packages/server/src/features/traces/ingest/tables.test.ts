import { expect, test } from 'vitest'
import { eachClickhouse } from '#platform/testing/engines.ts'
import { runColumnarMigrations } from '#platform/clickhouse/columnar-migrations.ts'
import { silentLog } from '#platform/log.ts'
import { exampleSpan } from '../example-span.ts'
import { spanRowOf } from './span-row.ts'
import { tracesColumnarMigrations } from './tables.ts'
import { readSpans } from '../trace-store.ts'
import { addedColumns } from './usage-columns.ts'

eachClickhouse((open) => {
  test('spans from before the columns of units are read as they were, also when the step runs twice', async () => {
    const engine = await open(tracesColumnarMigrations.filter(({ id }) => id < '0102'))
    const span = exampleSpan({ type: 'llm' })
    const added = new Set(addedColumns)
    const before = Object.entries(spanRowOf(span)).filter(([column]) => !added.has(column))
    await engine.insert('spans', [Object.fromEntries(before)], { token: 'before-units' })
    const recorded: string[] = []
    const migrate = () =>
      runColumnarMigrations({
        migrations: tracesColumnarMigrations,
        command: (sql) => engine.command(sql),
        read: async () => [{ id: '0100-spans' }, { id: '0101-scores' }],
        record: async (id) => void recorded.push(id),
        log: silentLog,
      })
    await migrate()
    await migrate()
    const steps = ['0102-usage-units', '0103-usage-of-tools']
    expect(recorded).toEqual([...steps, ...steps])
    const [read] = await readSpans(engine.forProject(span.project), span.traceId, 10)
    expect(read?.usage).toEqual(span.usage)
  })
})
