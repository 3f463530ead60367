import type { Evidence } from './evidence.ts'
import { escapePattern, findLabelled } from './evidence.ts'
import { findNumber } from './fill-number.ts'
import { fillSchema } from './fill-schema.ts'
import { readable } from './flatten-tool-result.ts'
import { propertiesOf, requiredOf, resolveSchema, textOf, typeOf } from './json-schema.ts'
import type { JsonSchema, JsonValue } from './json-schema.ts'
import type { OfflineTool } from '../offline-request.ts'

const wholeQuestion =
  /^(?:query|question|q|text|input|prompt|search|message|request|search query|search term)$/u
const placeName = /\b(?:city|location|place|country|town|region|destination|address)\b/u
const expressionName = /\b(?:expression|formula|calculation|equation)\b/u

/** Arguments for a tool, taken from the question: every required one, and optional ones it speaks of. */
export function fillArguments(tool: OfflineTool, evidence: Evidence): Record<string, JsonValue> {
  const required = new Set(requiredOf(tool.parameters))
  const filled: Record<string, JsonValue> = {}
  for (const [name, unresolved] of propertiesOf(tool.parameters)) {
    const schema = resolveSchema(unresolved, tool.parameters)
    const value = findArgument(name, schema, evidence)
    if (value !== undefined) filled[name] = value
    else if (required.has(name)) {
      // The root goes along, so that references inside the parameter still resolve.
      const single = { ...tool.parameters, properties: { [name]: unresolved }, required: [name] }
      const whole = fillSchema(single, { text: evidence.text, answer: evidence.text })
      if (typeof whole === 'object' && whole !== null && !Array.isArray(whole))
        filled[name] = whole[name] ?? null
    }
  }
  return filled
}

function findArgument(name: string, schema: JsonSchema, evidence: Evidence): JsonValue | undefined {
  const label = `${readable(name)} ${textOf(schema, 'description')}`
  if (Array.isArray(schema['enum'])) {
    const text = evidence.text.toLowerCase()
    return schema['enum'].find((value) => typeof value === 'string' && text.includes(readable(value)))
  }
  const type = typeOf(schema)
  // A number or a bound schema goes through fillSchema, which keeps its limits; here only presence matters.
  if (type === 'number' || type === 'integer') {
    const found = findNumber(label, evidence, type === 'integer')
    return found === undefined ? undefined : fillSchema(schema, { text: String(found), answer: '' })
  }
  if (type !== 'string' || 'pattern' in schema || 'format' in schema) return undefined
  const text = findText(readable(name), label, evidence)
  return text === undefined ? undefined : fillSchema({ ...schema, title: '' }, { text: '', answer: text })
}

function findText(name: string, label: string, evidence: Evidence): string | undefined {
  if (wholeQuestion.test(name)) return evidence.text.trim()
  const quoted = /["“«`']([^"”»`']{1,200})["”»`'](?![\p{L}])/u.exec(evidence.text)?.[1]
  if (quoted !== undefined) return quoted
  if (expressionName.test(name)) {
    return /(?<![-\d(.])[-\d(][\d\s.()+*/^%×÷-]{0,200}[\d)]/u.exec(evidence.text)?.[0]?.trim()
  }
  const labelled = findLabelled(name, evidence)
  if (labelled !== undefined) return labelled
  if (placeName.test(label.toLowerCase())) {
    const place =
      /\b(?:in|at|for|to|from|near|of)\s+((?:\p{Lu}[\p{L}\p{M}'-]*)(?:[ ,]+\p{Lu}[\p{L}\p{M}'-]*)*)/u.exec(
        evidence.text,
      )?.[1]
    if (place !== undefined) return place
  }
  // Right after its own name: "for order A-1001", "user ada".
  const words = name.split(' ').filter((word) => word !== 'id' && word !== 'name' && word !== 'number')
  const subject = words.at(-1)
  const after =
    subject === undefined
      ? undefined
      : new RegExp(
          `\\b${escapePattern(subject)}s?(?:\\s+(?:id|number|no\\.?|named|called))?\\s+#?([\\p{L}\\p{N}][\\p{L}\\p{N}._/@-]*)`,
          'iu',
        ).exec(evidence.text)?.[1]
  if (after !== undefined && /\d|^\p{Lu}/u.test(after)) return after.replace(/[.,]+$/u, '')
  return /\bid\b|\bnumber\b/u.test(name)
    ? /\b(?=[\p{L}-]*\d)[\p{L}\p{N}-]{2,}\b/u.exec(evidence.text)?.[0]
    : undefined
}
