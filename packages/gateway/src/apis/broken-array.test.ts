import { afterAll, beforeAll, expect, test } from 'vitest'
import { startEndpointGateway, type EndpointGateway } from '../testing/start-endpoint-gateway.ts'

let t: EndpointGateway
beforeAll(async () => {
  t = await startEndpointGateway({ 'openai-compatible': ['local'] })
})
afterAll(() => t.stop())

const chunk = (delta: object) => `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta }] })}\n\n`
const toolCall = {
  tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'weather', arguments: '' } }],
}
const contents = [{ role: 'user', parts: [{ text: 'Hello' }] }]

test.each([
  ['before anything was written', [chunk(toolCall)], 1],
  ['after some of it', [chunk({ content: 'Hello' })], 2],
])(
  'A list of Gemini that breaks off %s is JSON all the same, with the error in it',
  async (_, pieces, count) => {
    t.provider.answers.set('*', () => ({ headers: { 'content-type': 'text/event-stream' }, pieces }))
    const path = '/v1beta/models/openai-compatible%2Flocal:streamGenerateContent'
    const response = await t.post(path, { contents })
    expect(response.headers.get('content-type')).toContain('application/json')
    const list = (await response.json()) as { error?: { message: string } }[]
    expect(list).toHaveLength(count)
    expect(list.at(-1)?.error?.message).toContain('middle')
  },
)
