/** PostgreSQL type numbers that both engines would otherwise read differently. */
const oid = {
  bytea: 17,
  int8: 20,
  json: 114,
  date: 1082,
  time: 1083,
  timestamp: 1114,
  timestamptz: 1184,
  numeric: 1700,
  jsonb: 3802,
} as const

/** How a value of each type is read from its text, by type number; installed on PGlite and on pg alike. */
export const valueParsers: Readonly<Record<number, (text: string) => unknown>> = {
  [oid.int8]: parseInteger,
  [oid.numeric]: (text) => text,
  [oid.date]: (text) => text,
  [oid.time]: (text) => text,
  [oid.timestamp]: (text) => parseTime(`${text}+00`),
  [oid.timestamptz]: parseTime,
  [oid.json]: (text) => JSON.parse(text) as unknown,
  [oid.jsonb]: (text) => JSON.parse(text) as unknown,
  [oid.bytea]: parseBytes,
}

/** Array types whose elements need the parser above: array type number to element type number. */
export const arrayTypes: Readonly<Record<number, number>> = {
  199: oid.json,
  1001: oid.bytea,
  1016: oid.int8,
  1115: oid.timestamp,
  1182: oid.date,
  1183: oid.time,
  1185: oid.timestamptz,
  1231: oid.numeric,
  3807: oid.jsonb,
}

function parseInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(
      `The database returned ${text}, which does not fit a JavaScript number exactly. Select it as text: column::text.`,
    )
  }
  return value
}

function parseTime(text: string): Date {
  // PostgreSQL writes "2026-11-21 08:00:00.123456+00"; offsets may be "+05", "+05:30" or have seconds in old years.
  const time = new Date(text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00'))
  if (Number.isNaN(time.getTime())) {
    throw new RangeError(`The database returned the time "${text}", which JavaScript cannot represent.`)
  }
  return time
}

function parseBytes(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.slice(2), 'hex'))
}
