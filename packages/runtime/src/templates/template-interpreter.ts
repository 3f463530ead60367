import type { CompiledTemplate } from './compile-template.ts'
import { estimateGrowth, growingNames, type CallArguments } from './growth-guard.ts'
import { Environment, Interpreter, type Scope } from './jinja-library.ts'
import { dropMarks, markValue } from './taint-marks.ts'
import {
  describeNode,
  nodeIn,
  nodesIn,
  textIn,
  type TemplateNode,
  type TemplateValue,
} from './template-node.ts'
import { ValueSizes } from './value-size.ts'

/** A failure inside a template, before it is put into words for the user. */
export class TemplateFailure extends Error {
  readonly line: number
  /** The variable that is not there, for suggestions. */
  readonly variable: string | undefined

  constructor(message: string, line: number, variable?: string) {
    super(message)
    this.line = line
    this.variable = variable
  }
}

export type TemplateLimits = { readonly steps: number; readonly size: number; readonly timeMs: number }

/**
 * The library's interpreter with what it lacks: every value must exist, output of values is marked (so that it
 * can never open a role), and steps, time and size are bounded, so that a hostile template ends early.
 */
export class TemplateInterpreter extends Interpreter {
  readonly #template: CompiledTemplate
  readonly #limits: TemplateLimits
  readonly #sizes: ValueSizes
  readonly #trusted: ReadonlySet<object>
  readonly #calledMethods = new WeakSet<object>()
  readonly #endMs: number
  #steps = 0
  #nextCheck = 256
  #line = 1

  constructor(parts: {
    template: CompiledTemplate
    scope: Scope
    limits: TemplateLimits
    trusted: ReadonlySet<object>
  }) {
    super(parts.scope)
    this.#template = parts.template
    this.#limits = parts.limits
    this.#sizes = new ValueSizes(parts.limits.size)
    this.#trusted = parts.trusted
    this.#endMs = performance.now() + parts.limits.timeMs
  }

  /** The line of the last name that was read, for errors that the library throws. */
  get line(): number {
    return this.#line
  }

  override evaluate(node: TemplateNode | undefined, scope: Scope): TemplateValue {
    this.#countStep()
    if (!node) return super.evaluate(node, scope)
    if (node.type === evaluatedType) return node['value'] as TemplateValue
    this.#line = this.#template.lines.get(node) ?? this.#line
    const value = this.#run(node, scope)
    this.#checkSize(value)
    if (value.type === 'UndefinedValue') this.#requireValue(node)
    return this.#template.outputs.has(node) ? this.#mark(value) : value
  }

  #run(node: TemplateNode, scope: Scope): TemplateValue {
    switch (node.type) {
      case 'FilterExpression':
        return this.#evaluate(this.#prepareFilter(node, scope), scope)
      case 'FilterStatement':
        this.#guardFilterBlock(node)
        return this.#evaluate(node, scope)
      case 'CallExpression':
        return this.#unmarked(this.#evaluate(this.#prepareCall(node, scope), scope))
      case 'MemberExpression':
        return this.#readMember(node, scope)
      case 'For':
        return this.#evaluate(this.#prepareLoop(node, scope), scope)
      case 'Set':
        return this.#assign(node, scope)
      default:
        return this.#evaluate(node, scope)
    }
  }

  #evaluate(node: TemplateNode, scope: Scope): TemplateValue {
    return super.evaluate(node, scope)
  }

  /** Each round costs a step, also when there is nothing in it. */
  #prepareLoop(node: TemplateNode, scope: Scope): TemplateNode {
    const iterable = nodeIn(node, 'iterable')
    const isFiltered = iterable?.type === 'SelectExpression'
    const list = this.evaluate(isFiltered ? nodeIn(iterable, 'lhs') : iterable, scope)
    const rounds: unknown = list.value
    this.#countStep(Array.isArray(rounds) ? rounds.length : 1)
    return { ...node, iterable: isFiltered ? { ...iterable, lhs: evaluated(list) } : evaluated(list) }
  }

  /** Operand and arguments are computed first, so that growth is known before the filter runs. */
  #prepareFilter(node: TemplateNode, scope: Scope): TemplateNode {
    const operand = this.evaluate(nodeIn(node, 'operand'), scope)
    const filter = nodeIn(node, 'filter')
    const name = textIn(nodeIn(filter ?? node, 'callee') ?? filter ?? node, 'value')
    if (filter?.type !== 'CallExpression' || !growingNames.has(name)) {
      return { ...node, operand: evaluated(operand) }
    }
    const { call, args } = this.#evaluateArguments(name, nodesIn(filter, 'args'), scope)
    this.#refuseGrowth(name, operand, call)
    return { ...node, operand: evaluated(operand), filter: { ...filter, args } }
  }

  #prepareCall(node: TemplateNode, scope: Scope): TemplateNode {
    const callee = nodeIn(node, 'callee')
    if (callee?.type !== 'MemberExpression') return node
    const object = this.evaluate(nodeIn(callee, 'object'), scope)
    const isComputed = callee['computed'] === true
    const property = isComputed ? this.evaluate(nodeIn(callee, 'property'), scope) : undefined
    const name = property ? String(property.value) : textIn(nodeIn(callee, 'property') ?? callee, 'value')
    const method = {
      ...callee,
      object: evaluated(object),
      ...(property ? { property: evaluated(property) } : {}),
    }
    this.#calledMethods.add(method)
    if (!growingNames.has(name)) return { ...node, callee: method }
    const { call, args } = this.#evaluateArguments(name, nodesIn(node, 'args'), scope)
    this.#refuseGrowth(name, object, call)
    return { ...node, callee: method, args }
  }

  #evaluateArguments(
    name: string,
    nodes: readonly TemplateNode[],
    scope: Scope,
  ): { call: CallArguments; args: TemplateNode[] } {
    const positional: TemplateValue[] = []
    const named = new Map<string, TemplateValue>()
    const args = nodes.map((node): TemplateNode => {
      if (node.type.endsWith('SpreadExpression'))
        throw this.#failure(`${name} does not take unpacked arguments.`)
      const key = node.type === 'KeywordArgumentExpression' ? nodeIn(node, 'key') : undefined
      const value = this.evaluate(key ? nodeIn(node, 'value') : node, scope)
      if (!key) positional.push(value)
      else named.set(textIn(key, 'value'), value)
      return key ? { ...node, value: evaluated(value) } : evaluated(value)
    })
    return { call: { positional, named }, args }
  }

  #refuseGrowth(name: string, operand: TemplateValue, call: CallArguments): void {
    if (estimateGrowth(name, operand, call) > this.#limits.size)
      throw this.#tooLarge(`The result of "${name}"`)
  }

  /** Block filters are applied out of our sight, so the growing ones are refused there. */
  #guardFilterBlock(node: TemplateNode): void {
    const name = textIn(nodeIn(nodeIn(node, 'filter') ?? node, 'callee') ?? node, 'value')
    if (growingNames.has(name)) {
      throw this.#failure(`{% filter ${name}(…) %} is not supported; use {{ value | ${name}(…) }}.`)
    }
  }

  /** A method may only be called, never passed around: its growth could not be checked. */
  #readMember(node: TemplateNode, scope: Scope): TemplateValue {
    const value = this.#evaluate(node, scope)
    if (value.type === 'FunctionValue' && !this.#calledMethods.has(node)) {
      throw this.#failure(`"${describeNode(node)}" is a function; call it as ${describeNode(node)}().`)
    }
    return value
  }

  #assign(node: TemplateNode, scope: Scope): TemplateValue {
    const result = this.#evaluate(node, scope)
    const assignee = nodeIn(node, 'assignee')
    if (assignee?.type === 'MemberExpression') {
      this.#checkSize(this.evaluate(nodeIn(assignee, 'object'), scope))
      this.#checkSize(this.evaluate(assignee, scope), true)
    } else if (assignee && nodesIn(node, 'body').length > 0) {
      const name = textIn(assignee, 'value')
      scope.setVariable(name, this.#unmarked(scope.lookupVariable(name)))
    }
    return result
  }

  #unmarked(value: TemplateValue): TemplateValue {
    if (value.type !== 'StringValue' || typeof value.value !== 'string') return value
    const text = dropMarks(value.value)
    return text === value.value ? value : makeText(text)
  }

  #mark(value: TemplateValue): TemplateValue {
    if (value.type === 'NullValue' || this.#trusted.has(value)) return value
    return makeText(markValue(value.toString()))
  }

  #requireValue(node: TemplateNode): void {
    const mayMiss = this.#template.probes.has(node)
    if (mayMiss) return
    if (node.type === 'Identifier') {
      const name = textIn(node, 'value')
      throw new TemplateFailure(`The variable "${name}" has no value.`, this.#line, name)
    }
    if (this.#template.outputs.has(node) && node.type !== 'SelectExpression') {
      throw this.#failure(`"${describeNode(node)}" has no value.`)
    }
  }

  #countStep(count = 1): void {
    this.#steps += count
    if (this.#steps > this.#limits.steps)
      throw this.#failure(`The template takes more than ${this.#limits.steps} steps.`)
    if (this.#steps < this.#nextCheck) return
    this.#nextCheck = this.#steps + 256
    if (performance.now() > this.#endMs)
      throw this.#failure(`The template takes longer than ${this.#limits.timeMs} ms.`)
  }

  #checkSize(value: TemplateValue, isInside = false): void {
    if (isInside && value.type === 'NamespaceValue')
      throw this.#failure('A namespace cannot hold a namespace.')
    const problem = this.#sizes.check(value)
    if (problem === 'too-large') throw this.#tooLarge('A value')
    if (problem === 'holds-namespace')
      throw this.#failure('A namespace cannot stand inside of another value.')
  }

  #tooLarge(what: string): TemplateFailure {
    return this.#failure(`${what} is longer than ${this.#limits.size} characters.`)
  }

  #failure(message: string): TemplateFailure {
    return new TemplateFailure(message, this.#line)
  }
}

const evaluatedType = 'Evaluated'

function evaluated(value: TemplateValue): TemplateNode {
  return { type: evaluatedType, value }
}

/** The library does not export its value classes; an environment makes them. */
function makeText(text: string): TemplateValue {
  return new Environment().set('text', text)
}
