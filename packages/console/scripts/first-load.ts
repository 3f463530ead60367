/**
 * Prints how much JavaScript the shell loads before the first page is drawn (gzip), and fails above the budget:
 *   node packages/console/scripts/first-load.ts
 * Counts what index.html names: the entry and everything it preloads. Build first (npm run build).
 */
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const budgetBytes = 350_000
const dist = `${import.meta.dirname}/../dist`
const html = readFileSync(`${dist}/index.html`, 'utf8')
const scripts = [...html.matchAll(/(?:src|href)="(\/[^"]+\.js)"/g)].map(([, path = '']) => path)
const sizes = scripts.map((path) => gzipSync(readFileSync(`${dist}${path}`)).byteLength)
const total = sizes.reduce((sum, size) => sum + size, 0)
process.stdout.write(
  `console first load: ${(total / 1000).toFixed(1)} kB gzip in ${String(scripts.length)} files (budget 350 kB)\n`,
)
if (total > budgetBytes) process.exitCode = 1
