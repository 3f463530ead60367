import { benches } from './benches.ts'
import type { BenchTable } from './bench-table.ts'
import { renderTable } from './render-table.ts'

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !benches.some((bench) => bench.name === name))

if (asked.includes('--help') || unknown.length > 0) {
  if (!asked.includes('--help')) process.stderr.write(`No bench "${unknown.join('", "')}".\n`)
  process.stderr.write(
    `Usage: npm run bench [name ...]\n${benches.map((bench) => `  ${bench.name.padEnd(15)} ${bench.says}\n`).join('')}`,
  )
  process.exitCode = asked.includes('--help') ? 0 : 2
} else {
  await runAll(
    benches.filter((bench) => (asked.length === 0 ? bench.isLong !== true : asked.includes(bench.name))),
  )
}

async function runAll(chosen: typeof benches): Promise<void> {
  const tables: BenchTable[] = []
  for (const bench of chosen) {
    process.stderr.write(`\nRunning ${bench.name}: ${bench.says} …\n`)
    try {
      const table = await bench.run()
      tables.push(table)
      process.stdout.write(`\n${renderTable(table)}`)
    } catch (error) {
      process.stderr.write(`${bench.name} failed: ${error instanceof Error ? error.stack : String(error)}\n`)
      process.exitCode = 1
    }
  }
  const missed = tables.flatMap((table) => table.checks).filter((check) => !check.passed)
  process.stdout.write(
    missed.length === 0
      ? '\nAll targets met.\n'
      : `\nTargets missed: ${missed.map((check) => check.name).join(', ')}.\n`,
  )
}
