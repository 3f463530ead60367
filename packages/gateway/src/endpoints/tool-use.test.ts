import type OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { EndpointGateway } from '../testing/start-endpoint-gateway.ts'
import { known, moneyOf as readMoney, startPricedGateway } from '../testing/start-priced-gateway.ts'

let t: EndpointGateway
let client: OpenAI

beforeAll(async () => {
  t = await startPricedGateway()
  client = t.client()
})
afterAll(() => t.stop())
beforeEach(() => t.provider.answers.clear())

const moneyOf = (response: Response) => readMoney(t, response)

const response = {
  id: 'resp_1',
  object: 'response',
  created_at: 1,
  status: 'completed',
  model: 'host',
  output: [],
  usage: {
    input_tokens: 300,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 20,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 320,
  },
}
const ofTokens = 300 * 2000 + 20 * 8000
const picture = (more: object = {}) => ({
  type: 'image_generation_call',
  id: 'ig_1',
  status: 'completed',
  result: 'AAAA',
  quality: 'high',
  size: '1024x1024',
  ...more,
})
/** As OpenAI writes it: what drew, and what that used. */
const imageTool = {
  tools: [{ type: 'image_generation', model: 'gpt-image', quality: 'auto', size: 'auto' }],
  tool_usage: {
    image_gen: {
      input_tokens: 30,
      input_tokens_details: { image_tokens: 10, text_tokens: 20 },
      output_tokens: 4160,
      output_tokens_details: { image_tokens: 4160, text_tokens: 0 },
      total_tokens: 4190,
    },
    web_search: { num_requests: 0 },
  },
}

test.each([
  [
    'by the tokens of the model that drew them',
    'host',
    { output: [picture()], ...imageTool },
    {
      ...known,
      usage: { inputTokens: 300, outputTokens: 20, units: { toolImages: 1 } },
      costNano: ofTokens + 20 * 5000 + 10 * 8000 + 4160 * 32_000,
    },
  ],
  [
    'by their kind where the called model has such a price',
    'by-piece',
    { output: [picture(), picture()], ...imageTool },
    { ...known, costNano: ofTokens + 2 * 170_000_000 },
  ],
  [
    'by the piece where they are of several kinds',
    'by-piece',
    { output: [picture(), picture({ size: 'auto' })] },
    { ...known, costNano: ofTokens + 2 * 50_000_000 },
  ],
  [
    'not at all where nobody knows what drew them, and the span says so',
    'host',
    { output: [picture()] },
    { costKnown: false, unpriced: ['toolImages'], costNano: ofTokens },
  ],
  [
    'not at all where there are none',
    'host',
    { output: [picture({ status: 'failed', result: null })] },
    { ...known, costNano: ofTokens },
  ],
] as const)('Pictures that a tool of a response made are charged %s', async (_, model, more, expected) => {
  const body = { ...response, ...more }
  const begun = { ...body, status: 'in_progress', output: [], usage: null }
  const event = (type: string, number: number, told: object) =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: number, response: told })}\n\n`
  t.provider.answers.set('POST /v1/responses', ({ json }) =>
    json['stream'] === true
      ? {
          headers: { 'content-type': 'text/event-stream' },
          pieces: [event('response.created', 0, begun), event('response.completed', 1, body)],
        }
      : { json: body },
  )
  const ask = { model: `openai/${model}`, input: 'A cat', tools: [{ type: 'image_generation' as const }] }
  const whole = await client.responses.create(ask).withResponse()
  expect(await moneyOf(whole.response)).toMatchObject(expected)
  const streamed = await client.responses.create({ ...ask, stream: true }).withResponse()
  for await (const _event of streamed.data);
  expect(await moneyOf(streamed.response)).toMatchObject(expected)
})

test('Containers that code of a response ran in count once each, and have no price but your own', async () => {
  const code = (id: string) => ({
    type: 'code_interpreter_call',
    id,
    status: 'completed',
    container_id: 'cntr_1',
    code: '1',
    outputs: [],
  })
  const shell = (id: string, environment: object) => ({
    type: 'shell_call',
    id,
    call_id: id,
    status: 'completed',
    action: { commands: ['ls'] },
    environment,
  })
  const output = [
    code('ci_1'),
    code('ci_2'),
    shell('sh_1', { type: 'container_reference', container_id: 'cntr_2' }),
    shell('sh_2', { type: 'local' }),
  ]
  t.provider.answers.set('POST /v1/responses', () => ({ json: { ...response, output } }))
  const ask = {
    input: 'Count',
    tools: [{ type: 'code_interpreter' as const, container: { type: 'auto' as const } }],
  }
  const own = await client.responses.create({ ...ask, model: 'openai/host' }).withResponse()
  expect(await moneyOf(own.response)).toMatchObject({
    ...known,
    usage: { units: { containers: 2 } },
    costNano: ofTokens + 2 * 30_000_000,
  })
  const listed = await client.responses.create({ ...ask, model: 'openai/by-piece' }).withResponse()
  expect(await moneyOf(listed.response)).toMatchObject({
    costKnown: false,
    unpriced: ['containers'],
    costNano: ofTokens,
  })
})
