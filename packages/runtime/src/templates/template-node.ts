/** A node of a parsed template; which fields it has follows from `type`. */
export type TemplateNode = { readonly type: string; readonly [field: string]: unknown }
/** A value while a template runs; `type` is the library's class name for it. */
export type TemplateValue = { readonly type: string; readonly value: unknown; toString(): string }

/** True for AST nodes, false for their plain fields. */
export function isNode(value: unknown): value is TemplateNode {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'
}

/** The node in a field, or undefined when the field is empty. */
export function nodeIn(node: TemplateNode, field: string): TemplateNode | undefined {
  const value = node[field]
  return isNode(value) ? value : undefined
}

/** The nodes in a list field. */
export function nodesIn(node: TemplateNode, field: string): TemplateNode[] {
  const value = node[field]
  return Array.isArray(value) ? value.filter(isNode) : []
}

/** The text in a field such as the `value` of an identifier. */
export function textIn(node: TemplateNode, field: string): string {
  const value = node[field]
  return typeof value === 'string' ? value : ''
}

/** How an expression reads in a message: `message.name`, `rows[0]`, or the kind of expression it is. */
export function describeNode(node: TemplateNode): string {
  if (node.type === 'Identifier') return textIn(node, 'value')
  if (node.type === 'IntegerLiteral') return String(node['value'])
  if (node.type === 'StringLiteral') return JSON.stringify(node['value'])
  const object = nodeIn(node, 'object')
  const property = nodeIn(node, 'property')
  if (node.type !== 'MemberExpression' || !object || !property) return 'this expression'
  const name = describeNode(property)
  return node['computed'] === true ? `${describeNode(object)}[${name}]` : `${describeNode(object)}.${name}`
}
