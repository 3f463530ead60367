import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gatewayFile } from '@ratchet/contract'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { parse } from 'yaml'
import { runTestCli } from '../../testing/test-io.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ratchet-import-'))
  copyFileSync(new URL('../../litellm/__fixtures__/team.yaml', import.meta.url), join(folder, 'config.yaml'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const cli = (...args: string[]) => runTestCli(['import', 'litellm', ...args], { folder })

test('the gateway file is written, with what is left to do at its head, and the report printed', async () => {
  const { code, stdout } = await cli('config.yaml', '--out', 'team.yaml')
  expect(code).toBe(0)
  expect(stdout).toMatch(/To do \(\d+\)[\s\S]*Left out \(\d+\)[\s\S]*Translated \(\d+\)/)
  expect(stdout).toContain('ratchet apply -f team.yaml --plan')
  const text = readFileSync(join(folder, 'team.yaml'), 'utf8')
  expect(text).toContain('Apply it with: ratchet apply -f team.yaml\n')
  expect(text).toContain('# To do: model_list[5].litellm_params.api_key')
  expect(gatewayFile.parse(parse(text)).routes).toHaveLength(8)
})

test('a file that is there is replaced only when that is asked for', async () => {
  writeFileSync(join(folder, 'gateway.yaml'), 'mine\n')
  const refused = await cli('config.yaml', '--out', 'gateway.yaml')
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--force') })
  expect(readFileSync(join(folder, 'gateway.yaml'), 'utf8')).toBe('mine\n')
  expect((await cli('config.yaml', '--out', 'gateway.yaml', '--force')).code).toBe(0)
})

test('without a place to write, the file is the output and the report a remark', async () => {
  const { stdout, stderr } = await cli('config.yaml')
  expect(gatewayFile.safeParse(parse(stdout)).success).toBe(true)
  expect(stderr).toContain('router_settings.cooldown_time')
})

test('--json gives file, text and report as one document', async () => {
  const document = JSON.parse((await cli('config.yaml', '--json')).stdout)
  expect(parse(document.yaml).routes).toHaveLength(8)
  expect(document.report[0]).toMatchObject({ outcome: 'to-do', path: expect.any(String) })
})

test('broken YAML is shown by line', async () => {
  writeFileSync(join(folder, 'broken.yaml'), 'model_list:\n  - model_name: [\n')
  const { code, stderr } = await cli('broken.yaml')
  expect(code).toBe(2)
  expect(stderr).toMatch(/broken\.yaml:\d+:\d+/)
})
