import { median } from './bench-table.ts'

/** One way of doing the same work; `run` does it `count` times. */
export type Way = { readonly name: string; readonly run: (count: number) => void }

/** Median time of each way in microseconds for one piece of work; the ways take turns, and the first round warms up. */
export function timeWays(
  ways: readonly Way[],
  { rounds, count }: { rounds: number; count: number },
): ReadonlyMap<string, number> {
  const times = new Map(ways.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round++) {
    for (const { name, run } of ways) {
      const startMs = performance.now()
      run(count)
      if (round > 0) times.get(name)?.push(((performance.now() - startMs) * 1_000) / count)
    }
  }
  return new Map([...times].map(([name, values]) => [name, median(values)]))
}
