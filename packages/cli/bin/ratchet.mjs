#!/usr/bin/env node
// Plain JavaScript for any Node: finds the pinned Node 26 and runs the command, a TypeScript program, on it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const wantedMajor = 26
const program = fileURLToPath(new URL('../src/main.ts', import.meta.url))

if (Number(process.versions.node.split('.')[0]) === wantedMajor) {
  process.argv[1] = program
  await import(new URL('../src/main.ts', import.meta.url).href)
} else {
  runOnPinnedNode()
}

function runOnPinnedNode() {
  const node = findPinnedNode(dirname(program))
  if (!node) {
    process.stderr.write(
      `Ratchet runs on Node ${wantedMajor}; this is Node ${process.versions.node}, and the pinned one is not installed.\n` +
        'Install it in the folder that holds Ratchet: npm ci --ignore-scripts=false\n',
    )
    process.exit(1)
  }
  const child = spawn(node, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  const passOn = (signal) => child.kill(signal)
  for (const signal of signals) process.on(signal, passOn)
  child.once('error', (error) => {
    process.stderr.write(`${node}: ${error.message}\n`)
    process.exit(1)
  })
  child.once('exit', (code, signal) => {
    for (const name of signals) process.off(name, passOn)
    if (signal) process.kill(process.pid, signal)
    else process.exit(code ?? 1)
  })
}

function findPinnedNode(folder) {
  const candidate = join(folder, 'node_modules', 'node', 'bin', 'node')
  if (existsSync(candidate)) return candidate
  const parent = dirname(folder)
  return parent === folder ? undefined : findPinnedNode(parent)
}
