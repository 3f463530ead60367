import {
  AppError,
  invoke,
  type InvocationEvent,
  type NodeResult,
  type Source,
  type Usage,
} from '@ratchet/contract'
import type { Command } from 'commander'
import { resolve } from 'node:path'
import { localPath, resolveTarget } from '../app-folder/resolve-target.ts'
import { collect, readInputFile, readInputs } from '../input-values.ts'
import { formatCount, formatDuration, formatMoney } from '../render/figures.ts'
import { exitCodes } from '../print-failure.ts'
import { act, addVerb, type Program, type Run } from '../verb.ts'

type Options = { input?: string[]; inputs?: string; message?: string; environment?: string; session?: string }

/** What a run came to; printed with --json. */
export type RunDocument = {
  status: 'completed' | 'failed'
  text: string
  outputs: Record<string, unknown>
  nodes: Record<string, Pick<NodeResult, 'status' | 'output' | 'error' | 'durationMs'>>
  sources: Source[]
  traceId: string
  usage: Usage | undefined
  costNano: number
  /** False when a model without a known price took part: the cost is then a lower bound. */
  costKnown: boolean
  durationMs: number
  error?: { code: string; message: string }
}

export function addRun(parent: Command, program: Program): void {
  addVerb(parent, 'run <target>', {
    summary: 'Run an app, flow, prompt or model and stream its answer',
    description:
      'Runs a deployed app by name, an app folder or a flow or prompt file from disk (pushed as a draft), or a model.\n' +
      'Uses the running server, else starts one for the length of the command.',
    examples: [
      'run docs-assistant --message "Which port does the gateway use?"',
      'run ./my-app --input question="What is a release?"',
      'run my-app/prompts/answer.prompty --input question=hi --input passages=@notes.txt',
      'run offline/extractive --message "hello" --json',
    ],
  })
    .option(
      '-i, --input <name=value>',
      'an input; name:=json for JSON, name=@file for a file; repeatable',
      collect,
    )
    .option('--inputs <file>', 'a JSON file of inputs')
    .option('-m, --message <text>', 'the user’s message, for chats ("-" reads standard input)')
    .option('-e, --environment <name>', 'environment whose deployment answers')
    .option('--session <id>', 'session that the trace belongs to')
    .action(act(program, runTarget))
}

async function runTarget(run: Run, target: string, options: Options): Promise<number> {
  const { io, output } = run
  const fromFile = options.inputs === undefined ? {} : await readInputFile(resolve(io.folder, options.inputs))
  const inputs = { ...fromFile, ...(await readInputs(options.input ?? [], io.folder)) }
  // Told before a server is started for nothing.
  localPath(target, io.folder)
  const message = options.message === '-' ? await io.readStdin() : options.message
  const document = await run.withServer(
    async ({ client }) => {
      const { model, entry } = await resolveTarget(client, target, io.folder, run)
      requireQuestion(model, message, inputs)
      const events = client.events(invoke, {
        body: {
          model,
          inputs,
          messages: message === undefined ? [] : [{ role: 'user' as const, content: message }],
          ...(entry === undefined ? {} : { entry }),
          ...(options.environment === undefined ? {} : { environment: options.environment }),
          ...(options.session === undefined ? {} : { sessionId: options.session }),
        },
        signal: io.signal,
        timeoutMs: 120_000,
      })
      return followRun(events, (text) => output.stream(text))
    },
    { startsOne: true },
  )
  output.result(document, () =>
    document.text === '' && document.status === 'completed' ? showOutputs(document) : '\n',
  )
  if (!output.isJson) output.note(runLine(document))
  return document.status === 'completed' ? exitCodes.ok : exitCodes.failed
}

/** Gathers the events of an invocation; text goes out as it comes. */
export async function followRun(
  events: AsyncIterable<InvocationEvent>,
  onText: (text: string) => void,
): Promise<RunDocument> {
  const document: RunDocument = {
    status: 'failed',
    text: '',
    outputs: {},
    nodes: {},
    sources: [],
    traceId: '',
    usage: undefined,
    costNano: 0,
    costKnown: true,
    durationMs: 0,
    error: { code: 'provider_stream_cut', message: 'The run ended without a result.' },
  }
  for await (const event of events) {
    switch (event.type) {
      case 'started':
        document.traceId = event.traceId
        break
      case 'text':
        onText(event.text)
        document.text += event.text
        break
      case 'sources':
        document.sources = event.sources
        break
      case 'node':
        document.nodes[event.name] = event.result
        break
      case 'finished': {
        const { type: _, text, finishReason: _reason, firstTextMs: _first, ...figures } = event
        Object.assign(document, figures, { status: 'completed', text: text || document.text })
        delete document.error
        break
      }
      case 'failed':
        document.error = event.error
        break
    }
  }
  return document
}

function requireQuestion(model: string, message: string | undefined, inputs: Record<string, unknown>): void {
  if (model.startsWith('app/') || message !== undefined || Object.keys(inputs).length > 0) return
  throw new AppError('validation_failed', {
    message: `A model needs something to answer. Add --message "…", as in: ratchet run ${model} --message "hello"`,
    details: { model },
  })
}

function showOutputs({ outputs }: RunDocument): string {
  return Object.keys(outputs).length === 0 ? '' : JSON.stringify(outputs, undefined, 2)
}

function runLine({
  status,
  error,
  nodes,
  usage,
  costNano,
  costKnown,
  durationMs,
  traceId,
}: RunDocument): string {
  if (status === 'failed') return `failed: ${error?.message ?? ''}${traceId ? ` · trace ${traceId}` : ''}`
  const steps = Object.keys(nodes).length
  const parts = [
    steps > 0 ? `${formatCount(steps)} ${steps === 1 ? 'step' : 'steps'}` : '',
    usage ? `${formatCount(usage.inputTokens)} → ${formatCount(usage.outputTokens)} tokens` : '',
    costKnown ? formatMoney(costNano) : 'cost unknown',
    formatDuration(durationMs),
    `trace ${traceId}`,
  ]
  return parts.filter((part) => part !== '').join(' · ')
}
