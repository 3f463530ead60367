/** A whole number from the environment, such as `BENCH_SECONDS=60`; the fallback where it is not set. */
export function readSetting(name: string, fallback: number): number {
  const text = process.env[name]
  if (text === undefined || text === '') return fallback
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new Error(`${name}="${text}" is not a whole number above 0. Leave it out for ${fallback}.`)
}
