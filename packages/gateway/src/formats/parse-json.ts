import { AppError } from '@ratchet/contract'
import { findJsonMistake } from './find-json-mistake.ts'

export type JsonObject = { readonly [name: string]: unknown }

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Parses a request body that must be a JSON object. Throws `invalid_json` with the line and column of the mistake. */
export function parseRequestJson(body: Buffer): JsonObject {
  const value = parseText(body)
  if (isJsonObject(value)) return value
  const found = Array.isArray(value) ? 'an array' : value === null ? 'null' : `a ${typeof value}`
  throw new AppError('invalid_json', { message: `The body must be a JSON object, and it is ${found}.` })
}

/** The value of a JSON text, or undefined; for answers of others, which may be anything. */
export function parseJsonOr(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function parseText(body: Buffer): unknown {
  if (body.length === 0)
    throw new AppError('invalid_json', { message: 'The body is empty; send a JSON object.' })
  const text = body.toString()
  try {
    return JSON.parse(text)
  } catch (cause) {
    const position = findJsonMistake(text) ?? text.length
    const before = text.slice(0, position)
    const line = before.split('\n').length
    const column = position - before.lastIndexOf('\n')
    const near =
      position >= text.length
        ? 'its end'
        : JSON.stringify(text.slice(Math.max(0, position - 20), position + 20))
    throw new AppError('invalid_json', {
      message: `The body is not JSON: mistake at line ${line}, column ${column} (position ${position}), near ${near}.`,
      details: { position, line, column },
      cause,
    })
  }
}
