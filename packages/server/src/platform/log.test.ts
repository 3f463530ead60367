import { expect, test } from 'vitest'
import { makeLog } from './log.ts'

function linesOf(write: (log: ReturnType<typeof makeLog>) => void): Record<string, unknown>[] {
  const lines: string[] = []
  write(makeLog({ level: 'debug', destination: { write: (line) => void lines.push(line) } }))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

test('secrets are redacted at the top and one or two levels down', () => {
  const [line] = linesOf((log) =>
    log.info(
      {
        apiKey: 'sk-1',
        connection: { apiKey: 'sk-2', name: 'openai' },
        request: { headers: { authorization: 'Bearer x', 'x-api-key': 'k', accept: 'json' } },
      },
      'hello',
    ),
  )
  expect(JSON.stringify(line)).not.toMatch(/sk-1|sk-2|Bearer|"k"/)
  expect(line).toMatchObject({ level: 'info', msg: 'hello', connection: { name: 'openai' } })
})

test('what users wrote is not in the log of a statement that failed', () => {
  const error = Object.assign(new Error('bad value'), {
    code: '22021',
    query: 'insert into keys values ($1)',
    params: ['private words'],
    detail: 'Failing row contains (private words).',
  })
  const [line] = linesOf((log) => log.error({ error }, 'm'))
  expect(line?.['error']).toMatchObject({ code: '22021', query: 'insert into keys values ($1)' })
  expect(JSON.stringify(line)).not.toContain('private words')
})

test('an error keeps its message, code and cause', () => {
  const [line] = linesOf((log) =>
    log.error(
      { error: Object.assign(new Error('outer', { cause: new Error('inner') }), { code: 'x' }) },
      'm',
    ),
  )
  expect(line?.['error']).toMatchObject({ code: 'x' })
  expect(JSON.stringify(line?.['error'])).toContain('inner')
})
