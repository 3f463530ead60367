import { sql, type JSONColumnType } from 'kysely'
import type { Migration } from '#platform/postgres/migrations.ts'
import type { Charge } from './charges/charge.ts'

declare module '#platform/postgres/database.ts' {
  interface Database {
    budget_accounts: {
      project_id: string
      budget: string
      subject: string
      period: string
      limit_nano: string
      spent_nano: string
      updated_at: Date
    }
    budget_leases: {
      project_id: string
      budget: string
      subject: string
      period: string
      instance: string
      sequence: number
      held_nano: string
      granted_nano: string
      spent_seen_nano: string
      charged_nano: string
    }
    budget_days: { project_id: string; budget: string; subject: string; day: string; spent_nano: string }
    budget_events: {
      id: string
      project_id: string
      budget: string
      subject: string
      period: string
      share: number
      spent_nano: string
      limit_nano: string
      at: Date
    }
    limit_reporters: { instance: string; sequence: number; seen_at: Date }
    /** What batches cost, while a window of a limit of cost may hold it. */
    limit_charges: { project_id: string; id: string; charge: JSONColumnType<Charge>; ended_at: Date }
  }
}

/**
 * The ledger of budgets. What was spent is in the accounts; leases hold what gateway processes may still spend without
 * asking. `charged_nano` is what was put on the account for a process that fell silent, until it tells the truth.
 * Money is numeric: nano-dollars of a large budget leave the exact integers of JavaScript.
 */
export const limitsMigrations: readonly Migration[] = [
  {
    id: '0050-limits',
    up: async (trx) => {
      const account = 'project_id uuid not null, budget text not null, subject text not null'
      await sql`create table budget_accounts (
        ${sql.raw(account)},
        period text not null,
        limit_nano numeric not null,
        spent_nano numeric not null,
        updated_at timestamptz not null,
        primary key (project_id, period, budget, subject)
      )`.execute(trx)
      await sql`create table budget_leases (
        ${sql.raw(account)},
        period text not null,
        instance uuid not null,
        sequence int8 not null,
        held_nano numeric not null,
        granted_nano numeric not null,
        spent_seen_nano numeric not null,
        charged_nano numeric not null,
        primary key (project_id, period, budget, subject, instance)
      )`.execute(trx)
      await sql`create index budget_leases_held on budget_leases (instance) where held_nano > 0`.execute(trx)
      await sql`create table budget_days (
        ${sql.raw(account)},
        day date not null,
        spent_nano numeric not null,
        primary key (project_id, budget, subject, day)
      )`.execute(trx)
      await sql`create table budget_events (
        id uuid primary key,
        ${sql.raw(account)},
        period text not null,
        share float8 not null,
        spent_nano numeric not null,
        limit_nano numeric not null,
        at timestamptz not null,
        constraint budget_events_once unique (project_id, budget, subject, period, share)
      )`.execute(trx)
      await sql`create index budget_events_by_time on budget_events (project_id, at, id)`.execute(trx)
      await sql`create table limit_reporters (
        instance uuid primary key,
        sequence int8 not null,
        seen_at timestamptz not null
      )`.execute(trx)
    },
  },
  {
    id: '0051-limit-charges',
    up: async (trx) => {
      await sql`create table limit_charges (
        project_id uuid not null,
        id text not null,
        charge jsonb not null,
        ended_at timestamptz not null,
        primary key (project_id, id)
      )`.execute(trx)
      await sql`create index limit_charges_by_end on limit_charges (ended_at)`.execute(trx)
    },
  },
]
