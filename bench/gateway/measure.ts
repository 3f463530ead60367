import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LoadPlan, LoadResult } from '../load.ts'
import { runPinned, type PinnedProcess } from './pinned-process.ts'

/** A server under test. */
export type Candidate = {
  readonly name: string
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
  /** Absent for the provider itself. */
  readonly process?: PinnedProcess
  /** Another product, for comparison. */
  readonly isPeer?: boolean
}

export type Measured = {
  readonly perSecond: number
  readonly cpuUs: number | undefined
  readonly errors: number
}

export const loadCore = 1
export const gatewayCore = 0
const loadProgram = new URL('../load.ts', import.meta.url).pathname
/** Also where `wrk` is missing the bench runs, with a load generator of our own that needs more of its core. */
export const hasWrk = spawnSync('wrk', ['--version']).error === undefined
const path = '/v1/chat/completions'

type Load = {
  readonly body: string
  readonly connections: number
  readonly seconds: number
  readonly folder: string
}

/** Calls a server as fast as it answers and gives its rate and its processor time per call. */
export async function measureThroughput(candidate: Candidate, load: Load): Promise<Measured> {
  const before = candidate.process?.cpuUs()
  const { requests, seconds, errors } = hasWrk
    ? await runWrk(candidate, load)
    : await runOwnLoad(candidate, load)
  const after = candidate.process?.cpuUs()
  const cpuUs =
    before === undefined || after === undefined ? undefined : (after - before) / Math.max(1, requests)
  return { perSecond: requests / seconds, cpuUs, errors }
}

/** Calls a server at a fixed rate and gives the latencies. */
export async function measureLatency(
  candidate: Candidate,
  load: Load & { readonly rate: number },
): Promise<LoadResult> {
  const { body, connections, seconds, rate } = load
  const plan: LoadPlan = {
    port: candidate.port,
    path,
    headers: headersOf(candidate),
    body,
    connections,
    seconds,
    rate,
    warmUpMs: rate > 0 ? 1_000 : 0,
  }
  return JSON.parse(
    await runPinned(loadCore, process.execPath, [loadProgram, JSON.stringify(plan)]),
  ) as LoadResult
}

function headersOf(candidate: Candidate): Record<string, string> {
  return { 'content-type': 'application/json', ...candidate.headers }
}

async function runOwnLoad(candidate: Candidate, load: Load) {
  const result = await measureLatency(candidate, { ...load, rate: 0 })
  return { requests: result.requests, seconds: result.requests / result.perSecond, errors: result.errors }
}

async function runWrk(candidate: Candidate, { body, connections, seconds, folder }: Load) {
  const script = join(folder, 'post.lua')
  const headers = Object.entries(headersOf(candidate))
    .map(([name, value]) => `wrk.headers["${name}"] = "${value}"`)
    .join('\n')
  writeFileSync(script, `wrk.method = "POST"\nwrk.body = ${JSON.stringify(body)}\n${headers}\n`)
  const url = `http://127.0.0.1:${candidate.port}${path}`
  const text = await runPinned(loadCore, 'wrk', [
    '-t1',
    `-c${connections}`,
    `-d${seconds}s`,
    '-s',
    script,
    url,
  ])
  const match = /(\d+) requests in ([\d.]+)(m?s)/.exec(text)
  if (match === null) throw new Error(`wrk said: ${text}`)
  const bad = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0)
  const cut =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1).map(Number) ??
    []
  return {
    requests: Number(match[1]),
    seconds: Number(match[2]) / (match[3] === 'ms' ? 1000 : 1),
    errors: cut.reduce((sum, count) => sum + count, bad),
  }
}
