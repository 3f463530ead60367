import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatewayConfig } from '@ratchet/contract'
import { median } from '../bench-table.ts'
import { measureThroughput, type Candidate, type Measured } from '../gateway/measure.ts'
import type { PinnedProcess } from '../gateway/pinned-process.ts'
import { startServers } from '../gateway/start-servers.ts'

const rounds = 3
const seconds = 2
const path = '/v1/chat/completions'

/** Requests per second and CPU of a request, by server. */
export type Hits = ReadonlyMap<string, { readonly perSecond: number; readonly cpuUs: number }>

/** The same request again and again: our gateway answers from its cache, the bare proxy asks the provider. */
export async function measureHits(): Promise<Hits> {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-bench-'))
  const started: PinnedProcess[] = []
  const config = gatewayConfig.parse({ caches: [{ name: 'answers' }], defaults: { cache: 'answers' } })
  try {
    const { candidates } = await startServers({ folder, started, config })
    const measured = new Map<string, Measured[]>()
    for (let round = 0; round <= rounds; round++) {
      for (const candidate of candidates) {
        const load = { connections: 16, seconds, folder, body: bodyOf(candidate) }
        const one = await measureThroughput(candidate, load)
        if (one.errors > 0) throw new Error(`${candidate.name} failed ${one.errors} times`)
        if (round > 0) measured.set(candidate.name, [...(measured.get(candidate.name) ?? []), one])
      }
    }
    for (const candidate of candidates) if (candidate.name === 'ratchet') await expectHit(candidate)
    return new Map(
      [...measured].map(([name, all]) => [
        name,
        {
          perSecond: median(all.map(({ perSecond }) => perSecond)),
          cpuUs: median(all.map(({ cpuUs }) => cpuUs ?? Number.NaN)),
        },
      ]),
    )
  } finally {
    await Promise.all(started.map((process) => process.stop()))
    rmSync(folder, { recursive: true, force: true })
  }
}

function bodyOf({ name }: Candidate): string {
  const content = 'Summarise what the gateway does when control is down, in two sentences. '.repeat(5)
  const model = name === 'ratchet' ? 'bench/bench-model' : 'bench-model'
  return JSON.stringify({ model, messages: [{ role: 'user', content }], temperature: 0.2 })
}

async function expectHit(candidate: Candidate): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${candidate.port}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...candidate.headers },
    body: bodyOf(candidate),
  })
  const outcome = response.headers.get('x-ratchet-cache')
  if (outcome !== 'hit') throw new Error(`the cache says "${outcome}" to a request that it has answered`)
}
