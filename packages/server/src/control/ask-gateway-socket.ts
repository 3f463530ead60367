import { request } from 'node:http'
import { Readable } from 'node:stream'
import type { AskSocket } from '../features/invocations/index.ts'
import { recordedGateways } from './child-process.ts'
import { readRecord } from './children.ts'

/**
 * Asks a gateway of this data folder on its own socket, where it answers also when it stops and takes no connections any
 * more: what it still has to end may need us, and we models. Undefined when there is none.
 */
export function makeAskSocket(dataFolder: string): AskSocket {
  return async (path, init) => {
    for (const name of recordedGateways(dataFolder)) {
      const socketPath = readRecord(dataFolder, name)?.socket
      const answer =
        socketPath === undefined ? undefined : await post(socketPath, path, init).catch(ignoreGone)
      if (answer !== undefined) return answer
    }
    return undefined
  }
}

type Init = Parameters<AskSocket>[1]

function post(socketPath: string, path: string, { headers, body, signal }: Init): Promise<Response> {
  return new Promise((resolve, reject) => {
    const call = request({ socketPath, path, method: 'POST', headers, signal, agent: false }, (answer) => {
      const told = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === 'string' ? [[name, value]] : [],
      )
      resolve(new Response(Readable.toWeb(answer), { status: answer.statusCode ?? 502, headers: told }))
    })
    call.on('error', reject)
    call.end(body)
  })
}

/** A gateway that has gone may leave its record, and the next one is asked. */
function ignoreGone(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ECONNREFUSED' && error.code !== 'ENOENT') throw error
}
