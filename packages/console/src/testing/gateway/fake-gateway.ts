import * as contract from '@ratchet/contract'
import { answer } from '../fake-api.ts'
import { fakeUuid, minutesBefore } from '../fake-ids.ts'
import type { FakeSize } from '../fake-size.ts'
import { fakeCache } from './fake-cache.ts'
import { fakeChanges, fakeConfig, fakeConflict } from './fake-config.ts'
import { fakeBudgetEvents, fakeLimitUse, fakeTry } from './fake-limits.ts'
import { fakeConnections, fakeModels, fakeRouteTraffic, fakeTargets } from './fake-models.ts'
import { fakePlan } from './fake-plan.ts'
import { fakeState } from './fake-state.ts'
import { fakeUsage } from './fake-usage.ts'

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
  let version = size === 'empty' ? 0 : 4
  let config = fakeConfig(size)
  const earlier = (): contract.GatewayConfig => ({ ...config, routes: config.routes.slice(1) })
  const origin = { author: 'ada', note: 'Azure takes over when OpenAI fails', at: minutesBefore(now, 90) }
  // The first save after "Conflict" stands in its note finds that somebody else was faster.
  let hasConflicted = false
  let forgettings: contract.CacheForgetting[] = []
  return [
    answer(contract.getGatewayConfig, () => ({
      version,
      config,
      ...origin,
      ...(size === 'empty'
        ? {}
        : {
            lastApplied: {
              version: 2,
              author: 'ci',
              note: '',
              at: minutesBefore(now, 3_000),
              file: 'gateway.yaml',
              changes: fakeChanges(earlier(), config),
            },
          }),
    })),
    answer(contract.getGatewayConfigVersion, ({ params }) => ({
      version: params.version,
      config: params.version === version ? config : earlier(),
      ...origin,
    })),
    answer(contract.listGatewayConfigVersions, () => ({
      items: Array.from({ length: version }, (_, index) => ({
        version: version - index,
        author: index % 2 === 0 ? 'ada' : 'grace',
        note:
          ['Azure takes over when OpenAI fails', 'Budget of November', '', 'First routes'][index % 4] ?? '',
        at: minutesBefore(now, 90 + index * 2000),
        changes: 1 + index,
      })),
    })),
    answer(contract.planGatewayConfig, ({ body }) => {
      const base = { baseVersion: version, connections: [], connectionChanges: [] }
      if (body.config !== undefined)
        return { ...base, config: body.config, changes: fakeChanges(config, body.config), problems: [] }
      const section = /^\w+/.exec(body.text ?? '')?.[0] ?? 'routes'
      const name = /name: (\S+)/.exec(body.text ?? '')?.[1] ?? ''
      if ((body.text ?? '').includes('wieght'))
        return {
          ...base,
          changes: [],
          problems: [
            {
              severity: 'error' as const,
              path: '',
              message: 'Unknown field "wieght".',
              suggestion: 'Did you mean "weight"?',
              line: 5,
              column: 7,
            },
          ],
        }
      const items = Object.entries(config).find(([key]) => key === section)?.[1]
      const own = Array.isArray(items) ? items.filter((item) => 'name' in item && item.name === name) : []
      return { ...base, config: { ...fakeConfig('empty'), [section]: own }, changes: [], problems: [] }
    }),
    answer(contract.putGatewayConfig, ({ body }) => {
      if (body.note.includes('Conflict') && !hasConflicted) {
        hasConflicted = true
        version += 1
      }
      if (body.baseVersion !== version) throw fakeConflict(body.baseVersion, version)
      const changes = fakeChanges(config, body.config)
      config = body.config
      version += 1
      return { version, config, ...origin, note: body.note, changes, warnings: [] }
    }),
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
    answer(contract.listLimitUse, ({ query }) => ({
      items: fakeLimitUse(size, now).filter(
        ({ name, scope, subject }) =>
          [undefined, name].includes(query.name) &&
          [undefined, scope].includes(query.scope) &&
          [undefined, subject].includes(query.subject),
      ),
    })),
    answer(contract.listBudgetEvents, ({ query }) => ({
      items: fakeBudgetEvents(size, now).filter(
        ({ name }) => query.name === undefined || name === query.name,
      ),
    })),
    answer(contract.getGatewayCache, () => fakeCache(size, now, forgettings)),
    answer(contract.clearGatewayCache, ({ query }) => {
      const forgetting = { ...query, at: now.toISOString(), author: 'ada' }
      forgettings = [forgetting, ...forgettings]
      return forgetting
    }),
    answer(contract.tryGuardrail, ({ body }) => fakeTry(body.text)),
    answer(contract.listModels, () => ({ items: fakeModels(size) })),
    answer(contract.createCostPlan, ({ body }) => fakePlan(body, fakeModels(size))),
    answer(contract.getUsage, ({ query }) => fakeUsage(size, now, query)),
    answer(contract.getGatewayState, () => fakeState(size, now)),
    answer(contract.getGatewayTraffic, ({ query }) => ({
      from: minutesBefore(now, query.minutes),
      minutes: query.minutes,
      targets: fakeTargets(size, now),
      routes: fakeRouteTraffic(size),
    })),
  ]
}
