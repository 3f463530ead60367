import * as contract from '@ratchet/contract'
import { answer } from '../fake-api.ts'
import { fakeUuid, minutesBefore } from '../fake-ids.ts'
import type { FakeSize } from '../fake-size.ts'
import { fakeConnections, fakeModels, fakeTargets } from './fake-models.ts'

/** The gateway's part of a project in memory. What is changed stays changed. */
export function fakeGateway(size: FakeSize, now: Date) {
  let connections = fakeConnections(size, now)
  const find = (name: string): contract.Connection => {
    const found = connections.find((one) => one.name === name)
    if (found === undefined)
      throw new contract.AppError('not_found', { message: `There is no connection "${name}".` })
    return found
  }
  const replace = (changed: contract.Connection): void => {
    connections = connections.map((one) => (one.name === changed.name ? changed : one))
  }
  return [
    answer(contract.listConnections, () => ({ items: connections })),
    answer(contract.createConnection, ({ body }) => {
      const { apiKey, ...rest } = body
      const keys =
        apiKey === undefined
          ? []
          : [{ id: fakeUuid(990), preview: apiKey.slice(-4), addedAt: now.toISOString() }]
      const connection: contract.Connection = {
        ...rest,
        id: fakeUuid(991),
        keys,
        origin: 'stored',
        createdAt: now.toISOString(),
      }
      connections = [...connections, connection]
      return { connection }
    }),
    answer(contract.deleteConnection, ({ params }) => {
      connections = connections.filter(({ name }) => name !== params.name)
      return { deleted: true as const }
    }),
    answer(contract.addConnectionKey, ({ params, body }) => {
      const one = find(params.name)
      const key = { id: fakeUuid(992), preview: body.apiKey.slice(-4), addedAt: now.toISOString() }
      replace({ ...one, keys: [...one.keys, key] })
      return { key }
    }),
    answer(contract.removeConnectionKey, ({ params }) => {
      const one = find(params.name)
      replace({ ...one, keys: one.keys.filter(({ id }) => id !== params.id) })
      return { deleted: true as const }
    }),
    answer(contract.testConnection, ({ params }) => {
      const lastTest = { ok: true, message: 'Answered with 2 models', latencyMs: 14, at: now.toISOString() }
      replace({ ...find(params.name), lastTest })
      return { ...lastTest, models: ['extractive', 'embedding'] }
    }),
    answer(contract.listModels, () => ({ items: fakeModels(size) })),
    answer(contract.getGatewayTraffic, ({ query }) => ({
      from: minutesBefore(now, query.minutes),
      minutes: query.minutes,
      targets: fakeTargets(size, now),
      routes: [],
    })),
  ]
}
