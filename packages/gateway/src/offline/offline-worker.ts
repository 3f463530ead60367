import { parentPort } from 'node:worker_threads'
import { isAppError } from '@ratchet/contract'
import { chatOffline } from './offline-chat.ts'
import { embedOffline } from './offline-embeddings.ts'
import type { OfflineJob, OfflineResult } from './offline-job.ts'
import { rerankAnswer } from './offline-rerank.ts'

// The thread of the offline models; see OfflineThread.
parentPort?.on('message', (job: OfflineJob) => parentPort?.postMessage(run(job)))
parentPort?.postMessage('ready')

function run(job: OfflineJob): OfflineResult {
  try {
    return { pieces: piecesOf(job) }
  } catch (error) {
    if (isAppError(error)) {
      const { code, message, details } = error
      return { failure: { code, message, details } }
    }
    // Schemas without end and patterns that are none are found only on the way.
    const reason = error instanceof Error ? error.message : String(error)
    const message = `The offline model cannot work on this request: ${reason}`
    return { failure: { code: 'validation_failed', message, details: {} } }
  }
}

function piecesOf(job: OfflineJob): string[] {
  switch (job.kind) {
    case 'chat':
      return chat(job)
    case 'embeddings':
      return [JSON.stringify(embedOffline(job.json, job.model).answer)]
    case 'rerank':
      return [JSON.stringify(rerankAnswer(job.json))]
  }
}

function chat(job: Extract<OfflineJob, { kind: 'chat' }>): string[] {
  const { completion, chunks, usageChunk } = chatOffline(job.json, job)
  if (!job.isStream) return [JSON.stringify(completion)]
  const events = [...chunks.map(({ json }) => json), usageChunk]
  return [...events.map((json) => `data: ${JSON.stringify(json)}\n\n`), 'data: [DONE]\n\n']
}
