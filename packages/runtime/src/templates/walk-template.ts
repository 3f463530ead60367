import { isNode, nodeIn, nodesIn, textIn, type TemplateNode } from './template-node.ts'

/** What the walker reports; the order of calls is the order of the source. */
export type TemplateVisitor = {
  /** A name that is read, and whether the template itself gave it a value before. */
  readonly onLoad: (node: TemplateNode, isBound: boolean) => void
  /** A name that is no variable: a property, filter, test, or keyword; or one that is given a value. */
  readonly onName: (node: TemplateNode) => void
  /** A statement or expression whose text goes into the output. */
  readonly onOutput: (node: TemplateNode) => void
}

type Names = { readonly own: Set<string>; readonly outer: Names | undefined }

const plainFields: Readonly<Record<string, readonly string[]>> = {
  If: ['test', 'body', 'alternate'],
  BinaryExpression: ['left', 'right'],
  UnaryExpression: ['argument'],
  SelectExpression: ['lhs', 'test'],
  Ternary: ['trueExpr', 'condition', 'falseExpr'],
  SliceExpression: ['start', 'stop', 'step'],
  SpreadExpression: ['argument'],
  KeywordSpreadExpression: ['argument'],
  CallExpression: ['callee', 'args'],
  ArrayLiteral: ['value'],
  TupleLiteral: ['value'],
}

/** Fields that hold a block: what stands there is written out. */
const blockFields = new Set(['body', 'alternate', 'defaultBlock'])

/** Visits a template in source order, following Jinja's rules of scope. */
export function walkTemplate(root: TemplateNode, visitor: TemplateVisitor, globals: Iterable<string>): void {
  const walk = (node: TemplateNode, names: Names): void => {
    switch (node.type) {
      case 'Program':
        return walkField(node, 'body', names)
      case 'Identifier':
        return visitor.onLoad(node, isBound(names, textIn(node, 'value')))
      case 'For':
        return walkFor(node, names)
      case 'Set':
        return walkSet(node, names)
      case 'Macro':
        return walkMacro(node, names)
      case 'CallStatement':
        walkParameters(node, 'callerArgs', inner(names))
        walkField(node, 'call', names)
        return walkField(node, 'body', withParameters(node, 'callerArgs', names))
      case 'FilterStatement':
        walkFilter(nodeIn(node, 'filter'), names)
        return walkField(node, 'body', names)
      case 'FilterExpression':
        walkField(node, 'operand', names)
        return walkFilter(nodeIn(node, 'filter'), names)
      case 'TestExpression':
        walkField(node, 'operand', names)
        return visitName(nodeIn(node, 'test'))
      case 'KeywordArgumentExpression':
        visitName(nodeIn(node, 'key'))
        return walkField(node, 'value', names)
      case 'MemberExpression':
        walkField(node, 'object', names)
        return node['computed'] === true
          ? walkField(node, 'property', names)
          : visitName(nodeIn(node, 'property'))
      case 'ObjectLiteral':
        return walkEntries(node, names)
      default:
        for (const field of plainFields[node.type] ?? []) walkField(node, field, names)
    }
  }

  const walkField = (node: TemplateNode, field: string, names: Names): void => {
    const value = node[field]
    for (const child of Array.isArray(value) ? value : [value]) {
      if (!isNode(child)) continue
      if (blockFields.has(field)) visitor.onOutput(child)
      walk(child, names)
    }
  }

  const walkFor = (node: TemplateNode, names: Names): void => {
    const loop = inner(names)
    bindTarget(nodeIn(node, 'loopvar'), loop)
    loop.own.add('loop')
    const iterable = nodeIn(node, 'iterable')
    // In `for x in xs if test`, the list is read outside of the loop and the test inside of it.
    if (iterable?.type === 'SelectExpression') {
      walkField(iterable, 'lhs', names)
      walkField(iterable, 'test', loop)
    } else walkField(node, 'iterable', names)
    walkField(node, 'body', loop)
    walkField(node, 'defaultBlock', names)
  }

  const walkSet = (node: TemplateNode, names: Names): void => {
    const assignee = nodeIn(node, 'assignee')
    const isMember = assignee?.type === 'MemberExpression'
    if (isMember) walk(assignee, names)
    const target = inner(undefined)
    if (!isMember) bindTarget(assignee, target)
    walkField(node, 'value', names)
    walkField(node, 'body', inner(names))
    for (const name of target.own) names.own.add(name)
  }

  const walkMacro = (node: TemplateNode, names: Names): void => {
    const name = nodeIn(node, 'name')
    if (name) bindTarget(name, names)
    walkParameters(node, 'args', inner(names))
    const body = withParameters(node, 'args', names)
    for (const special of ['varargs', 'kwargs', 'caller']) body.own.add(special)
    walkField(node, 'body', body)
  }

  const walkParameters = (node: TemplateNode, field: string, names: Names): void => {
    for (const parameter of nodesIn(node, field)) {
      if (parameter.type !== 'KeywordArgumentExpression') visitName(parameter)
      else walk(parameter, names)
    }
  }

  const walkFilter = (filter: TemplateNode | undefined, names: Names): void => {
    if (filter?.type !== 'CallExpression') return visitName(filter)
    visitName(nodeIn(filter, 'callee'))
    walkField(filter, 'args', names)
  }

  const walkEntries = (node: TemplateNode, names: Names): void => {
    const entries = node['value']
    if (!(entries instanceof Map)) return
    for (const pair of entries) for (const part of pair) if (isNode(part)) walk(part, names)
  }

  const bindTarget = (target: TemplateNode | undefined, names: Names): void => {
    for (const name of target?.type === 'TupleLiteral' ? nodesIn(target, 'value') : [target]) {
      visitName(name)
      if (name?.type === 'Identifier') names.own.add(textIn(name, 'value'))
    }
  }

  const visitName = (node: TemplateNode | undefined): void => {
    if (node?.type === 'Identifier') visitor.onName(node)
  }

  walk(root, { own: new Set(globals), outer: undefined })
}

function inner(outer: Names | undefined): Names {
  return { own: new Set(), outer }
}

function withParameters(node: TemplateNode, field: string, outer: Names): Names {
  const names = nodesIn(node, field).map((parameter) => {
    const key = nodeIn(parameter, 'key')
    return textIn(key ?? parameter, 'value')
  })
  return { own: new Set(names), outer }
}

function isBound(names: Names | undefined, name: string): boolean {
  return names !== undefined && (names.own.has(name) || isBound(names.outer, name))
}
