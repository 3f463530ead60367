import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { translateConfig } from './translate-config.ts'

const team = parse(readFileSync(new URL('./__fixtures__/team.yaml', import.meta.url), 'utf8')) as object
const { file, report } = translateConfig(team, {})
const routeOf = (name: string) => file.routes.find((route) => route.name === name)
const lineOf = (path: string) => report.find((line) => line.path === path)

test('deployments become connections, one for each address and key', () => {
  expect(file.connections).toMatchObject([
    {
      name: 'azure-openai',
      provider: 'azure-openai',
      baseUrl: 'https://shop-eu.openai.azure.com',
      settings: { apiVersion: '2024-10-21' },
      key: 'env:AZURE_API_KEY_EU',
    },
    { name: 'azure-openai-2', baseUrl: 'https://shop-us.openai.azure.com', key: 'env:AZURE_API_KEY_US' },
    { name: 'openai', key: 'env:OPENAI_API_KEY' },
    { name: 'anthropic', key: 'env:ANTHROPIC_API_KEY' },
    { name: 'bedrock', settings: { region: 'us-east-1' }, key: 'env:AWS_BEDROCK_KEY' },
    { name: 'mistral', key: 'env:MISTRAL_API_KEY' },
    { name: 'ollama', baseUrl: 'http://ollama:11434/v1', allowPrivate: true },
    { name: 'groq', key: 'env:GROQ_API_KEY' },
  ])
})

test('a key that stands in the file is not copied, and somebody is told to set it', () => {
  expect(JSON.stringify({ file, report })).not.toContain('sk-this-key')
  expect(lineOf('model_list[5].litellm_params.api_key')).toMatchObject({
    outcome: 'to-do',
    message: expect.stringContaining('set MISTRAL_API_KEY'),
  })
})

test('deployments of one name share its calls by their requests a minute, fallbacks behind them', () => {
  expect(routeOf('gpt-4o')).toMatchObject({
    strategy: 'weighted',
    targets: [
      { model: 'azure-openai/gpt-4o-eu', weight: 600, timeouts: { totalMs: 60_000 } },
      { model: 'azure-openai-2/gpt-4o-us', weight: 300 },
      { model: 'anthropic/claude-sonnet-4-5', weight: 0 },
      { model: 'bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0', weight: 0 },
    ],
    retries: { attempts: 2 },
    timeouts: { totalMs: 120_000 },
    dropUnsupported: true,
  })
  expect(lineOf('router_settings.fallbacks[0].gpt-4o')?.message).toContain('"unknown-model"')
})

test('a prompt that is too long moves on where LiteLLM would', () => {
  const short = routeOf('gpt-3.5-turbo')
  expect(short).toMatchObject({
    strategy: 'ordered',
    targets: [
      { model: 'openai/gpt-4o-mini', parameters: { temperature: 0.2, max_tokens: 800 } },
      { model: 'azure-openai/gpt-4o-eu' },
      { model: 'azure-openai-2/gpt-4o-us' },
    ],
  })
  expect(short?.fallbackOn).toContain('context-length')
  expect(routeOf('gpt-4o')?.fallbackOn).not.toContain('context-length')
})

test('default fallbacks are behind every route without its own, but not behind themselves', () => {
  expect(routeOf('embedding')?.targets.map((target) => target.model)).toEqual([
    'openai/text-embedding-3-small',
    'openai/gpt-4o-mini',
  ])
  expect(routeOf('claude')?.targets.at(-1)).toMatchObject({ model: 'openai/gpt-4o-mini', weight: 0 })
})

const deployment = (name: string, model: string, more: object = {}) => ({
  model_name: name,
  litellm_params: { model, ...more },
})

test('a fallback takes the settings of its deployment along', () => {
  const translated = translateConfig(
    {
      model_list: [
        deployment('main', 'openai/gpt-5'),
        deployment('spare', 'anthropic/claude-haiku-4-5', { max_tokens: 4096, timeout: 20, rpm: 5 }),
      ],
      litellm_settings: { fallbacks: [{ main: ['spare'] }] },
    },
    {},
  )
  expect(translated.file.routes[0]?.targets).toMatchObject([
    { model: 'openai/gpt-5' },
    {
      model: 'anthropic/claude-haiku-4-5',
      parameters: { max_tokens: 4096 },
      timeouts: { totalMs: 20_000 },
    },
  ])
})

test('fallbacks of "*" are behind every route without its own, unless there are default ones', () => {
  const model_list = [
    deployment('main', 'openai/gpt-5'),
    deployment('other', 'openai/gpt-5-mini'),
    deployment('spare', 'anthropic/claude-haiku-4-5'),
    deployment('last', 'groq/llama'),
  ]
  const fallbacks = [{ main: ['last'] }, { '*': ['spare'] }]
  const behind = (settings: object) => {
    const translated = translateConfig({ model_list, litellm_settings: { fallbacks, ...settings } }, {})
    return {
      routes: translated.file.routes.map(({ targets }) => targets.slice(1).map(({ model }) => model)),
      line: translated.report.find(({ path }) => path === 'litellm_settings.fallbacks[1].*'),
    }
  }
  const spare = 'anthropic/claude-haiku-4-5'
  expect(behind({})).toMatchObject({
    routes: [['groq/llama'], [spare], [], [spare]],
    line: { outcome: 'translated', message: 'Behind every route without its own.' },
  })
  expect(behind({ default_fallbacks: ['last'] })).toMatchObject({
    routes: [['groq/llama'], ['groq/llama'], ['groq/llama'], []],
    line: { outcome: 'left-out', message: 'default_fallbacks goes before it.' },
  })
})

test('a setting that another one overrules is named as such, and a path to a key is no key', () => {
  const { report: lines } = translateConfig(
    {
      model_list: [
        deployment('g', 'vertex_ai/gemini-2.5-pro', {
          vertex_project: 'p',
          vertex_location: 'us-central1',
          vertex_credentials: '/secrets/account.json',
        }),
      ],
      litellm_settings: { num_retries: 3, request_timeout: 10 },
      router_settings: { num_retries: 2, timeout: 30 },
    },
    {},
  )
  const messageOf = (path: string) => lines.find((line) => line.path === path)?.message
  expect(messageOf('litellm_settings.num_retries')).toBe('The setting "num_retries" goes before it.')
  expect(messageOf('litellm_settings.request_timeout')).toBe('The setting "timeout" goes before it.')
  expect(messageOf('model_list[0].litellm_params.vertex_credentials')).toMatch(
    /^Set \w+ to the content of \/secrets\/account\.json\.$/,
  )
})

test('aliases are routes of their own; names with a slash change, and clients are told of', () => {
  expect(routeOf('gpt-4')?.targets).toEqual(routeOf('gpt-4o')?.targets)
  expect(routeOf('big')?.targets).toEqual(routeOf('claude')?.targets)
  expect(routeOf('mistral-large')?.targets[0]).toMatchObject({ model: 'mistral/mistral-large-latest' })
  expect(lineOf('model_list[5].model_name')?.message).toContain('ask for "mistral-large"')
  expect(routeOf('groq-')).toBeUndefined()
  expect(lineOf('model_list[8].model_name')?.message).toContain('groq/<model>')
})

test('prices, cache and budget come along', () => {
  expect(file.prices).toEqual([{ model: 'openai/text-embedding-3-small', inputUsd: 0.02, outputUsd: 0 }])
  expect(file.caches).toMatchObject([{ name: 'answers', mode: 'exact', ttlSeconds: 600 }])
  expect(file.defaults.cache).toBe('answers')
  expect(file.budgets).toMatchObject([{ scope: 'project', period: 'month', limitUsd: 250 }])
})

test('prices of what is no token are in our units', () => {
  const deployment = (name: string, info: object) => ({
    model_name: name,
    litellm_params: { model: `openai/${name}`, api_key: 'os.environ/OPENAI_API_KEY' },
    model_info: info,
  })
  const translated = translateConfig(
    {
      model_list: [
        deployment('whisper-1', { input_cost_per_second: 0.0001 }),
        deployment('dall-e-3', { output_cost_per_image: 0.04 }),
        deployment('tts-1', { input_cost_per_character: 0.000015 }),
        deployment('claude', { input_cost_per_token: 3e-6, cache_creation_input_token_cost_above_1hr: 6e-6 }),
        deployment('cached', { cache_read_input_token_cost: 1e-6 }),
      ],
    },
    {},
  )
  expect(translated.file.prices).toEqual([
    { model: 'openai/whisper-1', audioHourUsd: 0.36 },
    { model: 'openai/dall-e-3', imageUsd: 0.04 },
    { model: 'openai/tts-1', charactersUsd: 15 },
    { model: 'openai/claude', inputUsd: 3, outputUsd: 0, cacheWriteHourUsd: 6 },
  ])
})

test('what has no counterpart is named with the way to do without', () => {
  expect(lineOf('model_list[9]')).toMatchObject({ outcome: 'left-out' })
  expect(lineOf('router_settings.cooldown_time')?.message).toContain('Breakers')
  expect(lineOf('general_settings.master_key')?.message).toContain('ratchet keys create')
  expect(lineOf('general_settings.alerting[0]')).toMatchObject({ outcome: 'left-out' })
  expect(lineOf('litellm_settings.cache_params.namespace')).toMatchObject({ outcome: 'left-out' })
  expect(report[0]?.outcome).toBe('to-do')
})

function leaves(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((inner, index) => leaves(inner, `${path}[${index}]`))
  if (typeof value !== 'object' || value === null) return [path]
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`))
}

test('nothing that is not understood is lost without a word', () => {
  const words = fc.constantFrom('color', 'strange_setting', 'depth', 'x')
  fc.assert(
    fc.property(
      fc.dictionary(words, fc.oneof(fc.nat(), fc.string(), fc.dictionary(words, fc.boolean()))),
      fc.constantFrom('litellm_settings', 'router_settings', 'general_settings', 'brand_new_section'),
      (extra, place) => {
        const model = { model_name: 'a', litellm_params: { model: 'openai/gpt-5', ...extra } }
        const translated = translateConfig({ model_list: [model], [place]: extra }, {})
        const said = translated.report.map((line) => line.path)
        for (const path of [...leaves(extra, place), ...leaves(extra, 'model_list[0].litellm_params')]) {
          expect(said.some((line) => path === line || path.startsWith(`${line}.`))).toBe(true)
        }
      },
    ),
  )
})

const translate = (config: object, environment = {}) => translateConfig(config, environment)
const one = (params: object, more: object = {}) => ({
  model_list: [{ model_name: 'm', litellm_params: params }],
  ...more,
})

test.each([
  [{ model: 'claude-3-5-sonnet-20241022' }, 'anthropic', 'anthropic/claude-3-5-sonnet-20241022'],
  [{ model: 'command-r-plus' }, 'cohere', 'cohere/command-r-plus'],
  [
    { model: 'bedrock/converse/anthropic.claude-v2', aws_region_name: 'eu-central-1' },
    'bedrock',
    'bedrock/anthropic.claude-v2',
  ],
  [
    { model: 'vertex_ai/gemini-2.5-pro', vertex_project: 'shop', vertex_location: 'europe-west4' },
    'vertex',
    'vertex/gemini-2.5-pro',
  ],
  [{ model: 'openrouter/google/gemini-2.5-pro' }, 'openrouter', 'openrouter/google/gemini-2.5-pro'],
  [
    { model: 'openai/my-model', api_base: 'http://10.0.0.4:8000/v1', api_key: 'none' },
    'openai-compatible',
    'openai-compatible/my-model',
  ],
  [{ model: 'openai/gpt-5', api_base: 'https://api.openai.com/v1' }, 'openai', 'openai/gpt-5'],
  [
    { model: 'mymodel', custom_llm_provider: 'hosted_vllm', api_base: 'http://gpu:8000/v1' },
    'vllm',
    'vllm/mymodel',
  ],
])('%j is a model of %s', (params, provider, model) => {
  const result = translate(one(params))
  expect(result.file.connections).toMatchObject([{ provider }])
  expect(result.file.routes[0]?.targets[0]?.model).toBe(model)
  expect(result.report.filter(({ outcome }) => outcome === 'to-do')).toEqual([])
})

test('an address in a variable is taken from it, or left for somebody to write', () => {
  const params = { model: 'azure/gpt', api_base: 'os.environ/AZURE_BASE', api_key: 'os.environ/AZURE_KEY' }
  const known = translate(one(params), { AZURE_BASE: 'https://shop.openai.azure.com' })
  expect(known.file.connections[0]?.baseUrl).toBe('https://shop.openai.azure.com')
  const unknown = translate(one(params))
  expect(unknown.file.connections[0]?.baseUrl).toBe('https://azure-base.invalid')
  expect(unknown.report[0]).toMatchObject({
    outcome: 'to-do',
    message: expect.stringContaining('AZURE_BASE'),
  })
})

test('a provider that nobody knows is an OpenAI-compatible server when it has an address', () => {
  const { file: result } = translate(
    one({ model: 'galadriel/llama', api_base: 'https://api.galadriel.com/v1' }),
  )
  expect(result.connections).toMatchObject([{ provider: 'openai-compatible' }])
})

test('credentials with a name of their own are used by whoever names them', () => {
  const config = one(
    { model: 'azure/gpt-4o', litellm_credential_name: 'shop' },
    {
      credential_list: [
        {
          credential_name: 'shop',
          credential_values: { api_key: 'os.environ/K', api_base: 'https://shop.openai.azure.com' },
        },
      ],
    },
  )
  expect(translate(config).file.connections).toMatchObject([
    { baseUrl: 'https://shop.openai.azure.com', key: 'env:K' },
  ])
})

test.each([
  ['latency-based-routing', 'latency'],
  ['cost-based-routing', 'cost'],
  ['least-busy', 'load'],
  ['usage-based-routing-v2', 'load'],
])('%s becomes %s', (theirs, ours) => {
  const config = {
    model_list: ['openai/a', 'openai/b'].map((model) => ({ model_name: 'm', litellm_params: { model } })),
    router_settings: { routing_strategy: theirs },
  }
  expect(translate(config).file.routes).toMatchObject([{ strategy: ours }])
})

test('an order of deployments is kept', () => {
  const members = [
    ['openai/b', 2],
    ['openai/a', 1],
  ] as const
  const config = {
    model_list: members.map(([model, order]) => ({ model_name: 'm', litellm_params: { model, order } })),
  }
  expect(translate(config).file.routes).toMatchObject([
    { strategy: 'ordered', targets: [{ model: 'openai/a' }, { model: 'openai/b' }] },
  ])
})

test('a semantic cache finds its embedding model among the models of the file', () => {
  const config = {
    model_list: [{ model_name: 'embed', litellm_params: { model: 'openai/text-embedding-3-small' } }],
    litellm_settings: {
      cache: true,
      cache_params: {
        type: 'redis-semantic',
        similarity_threshold: 0.8,
        redis_semantic_cache_embedding_model: 'embed',
      },
    },
  }
  expect(translate(config).file.caches).toMatchObject([
    { mode: 'semantic', threshold: 0.8, embeddingModel: 'openai/text-embedding-3-small' },
  ])
})

test.each([[{}], [{ model_list: [] }], ['text'], [null], [{ model_list: [{ model_name: 'x' }] }]])(
  '%j is no configuration of LiteLLM, and the answer says what one is',
  (source) => {
    expect(() => translate(source as object)).toThrow('it needs a "model_list"')
  },
)
