import * as library from '@huggingface/jinja'
import type { TemplateNode, TemplateValue } from './template-node.ts'

export type Token = { readonly value: string; readonly type: string }

/** A scope of variables while a template runs. */
export type Scope = {
  set(name: string, value: unknown): TemplateValue
  setVariable(name: string, value: TemplateValue): TemplateValue
  lookupVariable(name: string): TemplateValue
}

declare class InterpreterBase {
  constructor(scope: Scope)
  run(program: TemplateNode): TemplateValue
  evaluate(node: TemplateNode | undefined, scope: Scope): TemplateValue
}

type Library = {
  readonly parse: (tokens: readonly Token[]) => TemplateNode
  readonly tokenize: (source: string, options?: { lstrip_blocks?: boolean; trim_blocks?: boolean }) => Token[]
  readonly Environment: new (parent?: Scope) => Scope
  readonly Interpreter: typeof InterpreterBase
}

/** The library's own declarations lack file extensions and resolve to nothing, so what we use is declared here. */
export const { parse, tokenize, Environment, Interpreter } = library as unknown as Library
