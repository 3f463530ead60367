import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { AppError } from '@ratchet/contract'
import { z } from 'zod'

/** Collects a repeated option into a list, for commander. */
export function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value]
}

/**
 * Reads `name=text`, `name:=json` and `name=@file` into inputs. Text stays text: the app turns it into the
 * type that it declares.
 */
export async function readInputs(pairs: readonly string[], folder: string): Promise<Record<string, unknown>> {
  const inputs: Record<string, unknown> = {}
  for (const pair of pairs) {
    const match = /^([^=:]+)(:?=)(.*)$/su.exec(pair)
    const [, name = '', operator, text = ''] = match ?? []
    if (!match || name.trim() === '') {
      throw new AppError('validation_failed', {
        message: `--input "${pair}" is not name=value. Write --input question="…", --input top:=5 for JSON, or --input text=@file.txt.`,
        details: { field: 'input', value: pair },
      })
    }
    if (operator === ':=') inputs[name] = parseJson(text, `--input ${name}`)
    else inputs[name] = text.startsWith('@') ? await readText(resolve(folder, text.slice(1))) : text
  }
  return inputs
}

/** Reads a JSON file of inputs. */
export async function readInputFile(path: string): Promise<Record<string, unknown>> {
  const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(await readText(path), path))
  if (parsed.success) return parsed.data
  throw new AppError('validation_failed', {
    message: `"${path}" must hold a JSON object of inputs by name.`,
    details: { path },
  })
}

/** Reads a whole number option; throws with its name, value and range. */
export function wholeNumber(name: string, low: number, high: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (/^\d+$/u.test(text) && value >= low && value <= high) return value
    throw new AppError('validation_failed', {
      message: `${name} is "${text}"; give a whole number from ${low} to ${high}.`,
      details: { field: name, value: text },
    })
  }
}

const unitsMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

/** Reads `15m`, `2h`, `30d` as milliseconds. */
export function readSpanMs(name: string, text: string): number {
  const match = /^(\d+)([smhdw])$/u.exec(text)
  const unitMs = unitsMs[match?.[2] ?? '']
  if (match && unitMs !== undefined) return Number(match[1]) * unitMs
  throw new AppError('validation_failed', {
    message: `${name} is "${text}"; give a number with a unit: 45s, 15m, 2h, 30d, 4w.`,
    details: { field: name, value: text },
  })
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new AppError('validation_failed', { message: `Cannot read "${path}".`, details: { path }, cause })
  })
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('invalid_json', {
      message: `${where} is not JSON: ${reason}`,
      details: { where },
      cause,
    })
  }
}
