import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The version that the scenario suite of clients uses too. */
export const litellmVersion = '1.105.3'
/** What its proxy is called with, besides the local provider. */
export const litellmKey = 'sk-bench-master'

const folder = new URL('../../.cache/bench/litellm/', import.meta.url).pathname
const program = join(folder, 'bin/litellm')
const installed = join(folder, `installed-${litellmVersion}`)

/** The program of LiteLLM's proxy, installed with pip on first use into .cache; undefined when that fails. */
export function installLitellm(): string | undefined {
  if (existsSync(installed)) return program
  process.stderr.write(`Installing litellm[proxy] ${litellmVersion} into ${folder} …\n`)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const isReady =
    succeeds('python3', ['-m', 'venv', folder]) &&
    succeeds(join(folder, 'bin/pip'), ['install', '-q', `litellm[proxy]==${litellmVersion}`])
  if (isReady) writeFileSync(installed, '')
  return isReady ? program : undefined
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: ['ignore', 2, 2] }).status === 0
}

/** One model at the local provider, no database, one worker, a master key, as its page on production advises. */
export function litellmStart(program: string, { port, origin, folder: where }: LitellmStart) {
  const file = join(where, 'litellm.yaml')
  writeFileSync(
    file,
    `model_list:
  - model_name: bench-model
    litellm_params: { model: openai/bench-model, api_base: ${origin}/v1, api_key: sk-bench }
general_settings: { master_key: ${litellmKey} }
litellm_settings: { telemetry: false }
`,
  )
  return {
    program,
    args: ['--config', file, '--host', '127.0.0.1', '--port', String(port), '--num_workers', '1'],
    env: { LITELLM_MODE: 'PRODUCTION', LITELLM_LOG: 'ERROR', LITELLM_LOCAL_MODEL_COST_MAP: 'True' },
  }
}

type LitellmStart = { readonly port: number; readonly origin: string; readonly folder: string }
