import type { CompiledTemplate } from '../templates/index.ts'
import type { FlowCondition } from '../flows/parse-condition.ts'
import type { FlowValue } from '../flows/parse-value.ts'
import type { InputSpec, Manifest, OutputSpec } from './file-schemas.ts'

/** A checked prompt, ready to render. */
export type LoadedPrompt = {
  readonly path: string
  readonly name: string
  readonly description: string
  /** As written: `connection/model` or an alias of the manifest; empty when the caller must say. */
  readonly model: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly inputs: Readonly<Record<string, InputSpec>>
  /** Fields of a JSON answer; undefined for plain text. */
  readonly outputs: Readonly<Record<string, OutputSpec>> | undefined
  readonly sample: Readonly<Record<string, unknown>>
  readonly template: CompiledTemplate
}

type NodeBase = {
  readonly name: string
  readonly when: FlowCondition | undefined
  readonly timeoutMs: number | undefined
  readonly retry: { readonly times: number; readonly delayMs: number }
  /** Names of the nodes that must end before this one can start. */
  readonly dependsOn: readonly string[]
}

/** A node of a flow; paths are resolved, values parsed. */
export type LoadedNode = NodeBase &
  (
    | {
        readonly type: 'prompt'
        readonly prompt: string
        readonly model: string | undefined
        readonly inputs: Readonly<Record<string, FlowValue>>
      }
    | {
        readonly type: 'retrieve'
        readonly index: string
        readonly query: FlowValue
        readonly top: number
        readonly mode: 'hybrid' | 'bm25' | 'vector'
      }
    | { readonly type: 'tool'; readonly tool: string; readonly inputs: Readonly<Record<string, FlowValue>> }
  )

export type LoadedFlow = {
  readonly path: string
  readonly name: string
  readonly inputs: Readonly<Record<string, InputSpec>>
  readonly outputs: Readonly<Record<string, FlowValue>>
  readonly answer: string | undefined
  readonly nodes: readonly LoadedNode[]
}

/** An index as its file describes it; `folder` is relative to the index file. */
export type IndexConfig = {
  readonly path: string
  readonly name: string
  readonly source: {
    readonly folder: string
    readonly include: readonly string[]
    readonly exclude: readonly string[]
  }
  readonly chunk: { readonly maxChars: number; readonly overlapChars: number }
  readonly embedding: string
}

/** An app folder without errors: everything parsed, every reference known to lead somewhere. */
export type LoadedApp = {
  readonly manifest: Manifest
  /** Path of the flow or prompt that the app serves. */
  readonly entry: string
  readonly flows: ReadonlyMap<string, LoadedFlow>
  readonly prompts: ReadonlyMap<string, LoadedPrompt>
  readonly indexes: ReadonlyMap<string, IndexConfig>
}
