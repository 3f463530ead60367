import { AppError } from '@ratchet/contract'
import type { ValueType } from '../apps/file-schemas.ts'

const kinds: Readonly<Record<ValueType, string>> = {
  string: 'text',
  int: 'a whole number',
  double: 'a number',
  bool: 'true or false',
  list: 'a list',
  object: 'an object',
}

/**
 * Turns a given input into its declared type, as prompt flow does: numbers and true/false from text, lists and
 * objects from JSON. Throws `validation_failed` naming the input and what it expects.
 */
export function coerceInput(name: string, type: ValueType, value: unknown): unknown {
  if (value === null || value === undefined) return null
  const coerced = coerce(type, value)
  if (coerced !== undefined) return coerced
  const shown = JSON.stringify(value)?.slice(0, 80) ?? typeof value
  throw new AppError('validation_failed', {
    message: `Input "${name}" is ${shown}, but it must be ${kinds[type]}.`,
    details: { input: name, expected: type },
  })
}

function coerce(type: ValueType, value: unknown): unknown {
  switch (type) {
    case 'string':
      return typeof value === 'string' ? value : JSON.stringify(value)
    case 'int':
      return asWhole(readNumber(value, /^[+-]?\d{1,15}$/))
    case 'double':
      return readNumber(value, /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/)
    case 'bool':
      if (typeof value === 'boolean') return value
      if (typeof value !== 'string' || !/^(?:true|false)$/i.test(value.trim())) return undefined
      return value.trim().toLowerCase() === 'true'
    case 'list': {
      const list = readJson(value)
      return Array.isArray(list) ? list : undefined
    }
    case 'object': {
      const object = readJson(value)
      return typeof object === 'object' && object !== null && !Array.isArray(object) ? object : undefined
    }
  }
}

function asWhole(value: number | undefined): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined
}

function readNumber(value: unknown, form: RegExp): number | undefined {
  const number = typeof value === 'string' && form.test(value.trim()) ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

function readJson(value: unknown): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch {
    // Not JSON is the same as the wrong type: the caller says so.
    return undefined
  }
}
