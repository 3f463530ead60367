import {
  type ChatMessage,
  invoke,
  type InvocationEvent,
  type NodeResult,
  type Source,
} from '@ratchet/contract'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useApi, useScope } from '../../api/api-context.ts'
import { toProblem } from '../../api/problem.ts'
import type { Problem } from '../../ui/states/error-state.tsx'

/** One question with everything that came back for it. */
export type Turn = {
  readonly id: number
  readonly model: string
  readonly question: string
  readonly answer: string
  readonly state: 'waiting' | 'streaming' | 'finished' | 'stopped' | 'failed'
  readonly traceId?: string
  readonly release?: string
  readonly sources: readonly Source[]
  readonly nodes: readonly { readonly name: string; readonly result: NodeResult }[]
  readonly figures?: Extract<InvocationEvent, { type: 'finished' }>
  readonly problem?: Problem
}

/** Folds what an invocation reports into its turn. */
export function applyEvent(turn: Turn, event: InvocationEvent): Turn {
  switch (event.type) {
    case 'started':
      return {
        ...turn,
        traceId: event.traceId,
        ...(event.release === undefined ? {} : { release: event.release }),
      }
    case 'text':
      return { ...turn, state: 'streaming', answer: turn.answer + event.text }
    case 'sources':
      return { ...turn, sources: event.sources }
    case 'node':
      return { ...turn, nodes: [...turn.nodes, { name: event.name, result: event.result }] }
    case 'finished':
      // Flows whose outputs are not text stream nothing; their outputs are the answer.
      return {
        ...turn,
        state: 'finished',
        answer: event.text || turn.answer || printOutputs(event.outputs),
        figures: event,
      }
    case 'failed':
      return {
        ...turn,
        state: 'failed',
        problem: { what: 'The call failed', why: event.error.message, code: event.error.code },
      }
  }
}

function printOutputs(outputs: Record<string, unknown>): string {
  return Object.keys(outputs).length === 0 ? '' : `\`\`\`json\n${JSON.stringify(outputs, null, 2)}\n\`\`\``
}

/** The messages so far, as the next call sends them. Failed turns are left out: the model never answered them. */
export function messagesOf(turns: readonly Turn[], question: string): ChatMessage[] {
  const said = turns
    .filter(({ state }) => state === 'finished' || state === 'stopped')
    .flatMap((turn): ChatMessage[] => [
      { role: 'user', content: turn.question },
      { role: 'assistant', content: turn.answer },
    ])
  return [...said, { role: 'user', content: question }]
}

/** A chat with an app or model. One call at a time; `stop` ends it and keeps what has come. */
export function useConversation(model: string | undefined) {
  const api = useApi()
  const { environment } = useScope()
  const [turns, setTurns] = useState<readonly Turn[]>([])
  const running = useRef<AbortController>(undefined)
  const session = useRef(crypto.randomUUID())
  const nextId = useRef(1)
  useEffect(() => () => running.current?.abort(), [])

  const ask = useCallback(
    async (question: string): Promise<void> => {
      if (model === undefined || running.current !== undefined) return
      const id = nextId.current
      nextId.current += 1
      const control = new AbortController()
      running.current = control
      const change = (next: (turn: Turn) => Turn): void =>
        setTurns((all) => all.map((turn) => (turn.id === id ? next(turn) : turn)))
      const fresh: Turn = { id, model, question, answer: '', state: 'waiting', sources: [], nodes: [] }
      setTurns((all) => [...all, fresh])
      const body = { model, messages: messagesOf(turns, question), environment, sessionId: session.current }
      try {
        for await (const event of api.events(invoke, { body, signal: control.signal }))
          change((turn) => applyEvent(turn, event))
        change((turn) => (isOpen(turn) ? { ...turn, state: 'failed', problem: cutShort } : turn))
      } catch (error) {
        const problem = toProblem(error, 'The call failed')
        change((turn) =>
          control.signal.aborted ? { ...turn, state: 'stopped' } : { ...turn, state: 'failed', problem },
        )
      } finally {
        running.current = undefined
      }
    },
    [api, environment, model, turns],
  )
  const stop = useCallback(() => running.current?.abort(), [])
  const clear = useCallback(() => {
    running.current?.abort()
    session.current = crypto.randomUUID()
    setTurns([])
  }, [])
  return { turns, ask, stop, clear, isRunning: turns.some(isOpen) }
}

const cutShort: Problem = {
  what: 'The answer is incomplete',
  why: 'The stream ended before the call reported its end. Ask again.',
}

function isOpen(turn: Turn): boolean {
  return turn.state === 'waiting' || turn.state === 'streaming'
}
