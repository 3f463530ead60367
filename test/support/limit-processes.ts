import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { budget, rateLimit, type Budget, type LimitReport, type RateLimit } from '@ratchet/contract'
import { connectControl } from '../../packages/gateway/src/control/control-client.ts'
import { LimitEngine } from '../../packages/gateway/src/limits/limit-engine.ts'
import type { Admission, Admitted, Refused } from '../../packages/gateway/src/limits/limited-call.ts'
import type { CallUse, LimitSubjects } from '../../packages/gateway/src/limits/limit-subjects.ts'
import { ControlLink } from '../../packages/gateway/src/limits/sharing/control-link.ts'
import { KnownSpend } from '../../packages/gateway/src/limits/sharing/known-spend.ts'
import { makePostReport, type PostReport } from '../../packages/gateway/src/limits/sharing/post-report.ts'
import { UseJournal } from '../../packages/gateway/src/limits/sharing/use-journal.ts'
import { makeInternalApi } from '../../packages/server/src/control/internal-api.ts'
import { listenSocket, type Listening } from '../../packages/server/src/control/listen.ts'
import { makeLimits, type Limits, type SpanSpend } from '../../packages/server/src/features/limits/index.ts'
import { fillLedger } from '../../packages/server/src/features/limits/testing/fill-ledger.ts'
import { newId } from '../../packages/server/src/platform/ids.ts'
import { silentLog } from '../../packages/server/src/platform/log.ts'
import type { Postgres } from '../../packages/server/src/platform/postgres/open-postgres.ts'

export const project = '00000000-0000-4000-8000-000000000001'
const token = 'internal-token'

/** The limits of a control process on its socket. */
export type LimitsControl = {
  readonly limits: Limits
  readonly socketPath: string
  /** What all have spent, as the ledger says. */
  readonly spent: () => Promise<number>
  /** Adds accounts of other users to the ledger, each with a lease. */
  readonly fill: (accounts: number) => Promise<void>
  /** Closes the socket; gateways find nobody. */
  readonly goDown: () => Promise<void>
  readonly comeBack: () => Promise<void>
  readonly stop: () => Promise<void>
}

export async function startLimitsControl(postgres: Postgres, spanSpend: SpanSpend): Promise<LimitsControl> {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-limits-'))
  const socketPath = join(folder, 'control.sock')
  const limits = makeLimits({
    db: postgres.db,
    clock: { now: Date.now },
    makeId: newId,
    spanSpend,
    unpricedCalls: async () => [],
    configOf: () => Promise.resolve({ limits: [], budgets: [] }),
    keyNames: () => Promise.resolve(new Map()),
    log: silentLog,
  })
  const unused = (): never => {
    throw new Error('only limits are spoken of here')
  }
  const api = makeInternalApi({
    hub: { current: unused, subscribe: unused } as never,
    internalToken: token,
    verifyToken: unused,
    ingest: unused,
    bundle: unused,
    retrieve: unused,
    reportLimits: limits.report,
    reportCache: () => Promise.resolve(),
    reportState: () => undefined,
    log: silentLog,
  })
  let socket: Listening | undefined = await listenSocket(api.fetch, socketPath)
  const goDown = async (): Promise<void> => {
    await socket?.stop(0)
    socket = undefined
  }
  return {
    limits,
    socketPath,
    spent: async () => {
      const rows = await postgres.db.selectFrom('budget_accounts').select('spent_nano').execute()
      return rows.reduce((sum, row) => sum + Number(row.spent_nano), 0)
    },
    fill: (accounts) => fillLedger(postgres.db, accounts),
    goDown,
    comeBack: async () => {
      socket = await listenSocket(api.fetch, socketPath)
    },
    stop: async () => {
      await goDown()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** The limits of one gateway process. */
export type LimitsGateway = {
  readonly engine: LimitEngine
  readonly link: ControlLink
  readonly begin: (estimate: CallUse, subjects?: Partial<LimitSubjects>) => Promise<Admitted | Refused>
  /** How many calls could not be judged at once, but had to wait for the ledger or for their turn. */
  readonly waits: () => number
  readonly stop: () => Promise<void>
  /** Ends as a killed process does: nothing is said, nothing is written. */
  readonly kill: () => void
}

export function startLimitsGateway(parts: {
  readonly control: LimitsControl
  readonly dataFolder: string
  readonly limits?: readonly RateLimit[]
  readonly budgets?: readonly Budget[]
  /** Puts something between the process and control. */
  readonly wrap?: (post: PostReport) => PostReport
}): LimitsGateway {
  const client = connectControl({ socketPath: parts.control.socketPath })
  let isKilled = false
  const instance = randomUUID()
  const direct = makePostReport(client, token)
  const post = parts.wrap?.(direct) ?? direct
  const journal = new UseJournal(join(parts.dataFolder, 'limits'), instance)
  const link = new ControlLink({
    instance,
    post: (body) => (isKilled ? new Promise(() => undefined) : post(body)),
    journal,
    known: new KnownSpend(join(parts.dataFolder, 'limits', 'known.json')),
    log: {
      info: () => undefined,
      warn: () => undefined,
      error: (_details, message) => console.error(message),
    },
  })
  const engine = new LimitEngine({ peers: link })
  link.start({ onAnswered: (account) => engine.onFreed(account), isUsed: () => engine.isUsed })
  engine.useConfig(project, parts.limits ?? [], parts.budgets ?? [])
  let waits = 0
  return {
    engine,
    link,
    begin: (estimate, subjects = {}) => {
      const admission = engine.begin({ ...caller, ...subjects }, estimate, Date.now())
      if (admission.ok === 'later') waits += 1
      return decided(admission)
    },
    waits: () => waits,
    stop: async () => {
      engine.stop()
      if (!isKilled) await link.stop()
      await client.destroy()
    },
    kill: () => {
      isKilled = true
      link.abandon()
    },
  }
}

export const caller: LimitSubjects = {
  project,
  environment: 'production',
  keyId: 'key-1',
  user: 'ada',
  app: '',
  model: 'openai/gpt',
  route: '',
}

function decided(admission: Admission): Promise<Admitted | Refused> {
  if (admission.ok !== 'later') return Promise.resolve(admission)
  return new Promise((resolve) => admission.ticket.wait({ onAdmission: resolve }))
}

const reporter = randomUUID()
let sequence = 0

/** A report as a gateway with one busy budget sends it. */
export function oneReport(spentNano: number): LimitReport {
  sequence += 1
  return {
    instance: reporter,
    sequence,
    isLast: false,
    isLeftBehind: false,
    rates: [],
    budgets: [
      {
        project,
        name: 'users',
        subject: 'user:1',
        period: '2026-11',
        limitNano: 1e12,
        warnAt: [],
        spentNano,
        heldNano: 0,
        wantNano: 1_000,
        needNano: 0,
      },
    ],
  }
}

export function oneBudget(more: Record<string, unknown>): Budget[] {
  return [budget.parse({ name: 'team', scope: 'project', period: 'month', ...more })]
}

export function oneLimit(more: Record<string, unknown>): RateLimit[] {
  return [rateLimit.parse({ name: 'calls', scope: 'project', ...more })]
}
