import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startEndpointGateway, type EndpointGateway } from '../testing/start-endpoint-gateway.ts'

const mail = 'ada@example.com'
let running: EndpointGateway
let message: object = {}
let choice: object = {}
let pieces: readonly string[] = []

const chunk = (delta: object, more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4o', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}\n\n`

beforeAll(async () => {
  const models = { openai: ['gpt-4o'], anthropic: ['claude'], gemini: ['gemini-2.5'], cohere: ['rerank'] }
  running = await startEndpointGateway(models)
  running.provider.answers.set('*', ({ json }) => {
    if (json['stream'] === true)
      return { headers: { 'content-type': 'text/event-stream' }, pieces: [...pieces, 'data: [DONE]\n\n'] }
    const choices = [{ index: 0, message, finish_reason: 'stop', ...choice }]
    return { json: { id: 'c', object: 'chat.completion', created: 1, model: 'gpt-4o', choices } }
  })
})
afterAll(() => running.stop())

function guard(streaming: 'buffer' | 'window', more: object = {}): Promise<void> {
  const rule = { name: 'mail', detectors: [{ type: 'pii' as const }], action: 'redact' as const }
  const on = ['input' as const, 'tool-result' as const, 'output' as const]
  return running.configure({
    guardrails: [{ name: 'hiding', rules: [{ ...rule, on, streaming, ...more }] }],
    defaults: { guardrails: ['hiding'] },
  })
}

const chat = (content: unknown, more: object = {}) => ({
  model: 'openai/gpt-4o',
  messages: [{ role: 'user', content, ...more }],
})
const around = (more: object) => ({ ...chat('Hello'), ...more })
const after = (assistant: object, ...more: object[]) => ({
  model: 'openai/gpt-4o',
  messages: [{ role: 'user', content: 'Hello' }, { role: 'assistant', ...assistant }, ...more],
})
const call = (given: string) => ({ id: 'a', type: 'function', function: { name: 't', arguments: given } })
const claude = (content: unknown, more: object = {}) => ({
  model: 'anthropic/claude',
  max_tokens: 10,
  messages: [{ role: 'user', content }],
  ...more,
})
const responses = (...input: object[]) => ({ model: 'openai/gpt-4o', input })
const gemini = (...parts: object[]) => ({ contents: [{ role: 'user', parts }] })
const [chatPath, claudePath, responsesPath] = ['/v1/chat/completions', '/v1/messages', '/v1/responses']
const geminiPath = '/v1beta/models/gemini/gemini-2.5:generateContent'
const base64 = Buffer.from(mail).toString('base64')
const schema = {
  type: 'object',
  properties: { to: { type: 'string', description: `as ${mail}`, enum: [mail] } },
}

describe('what a caller writes is read wherever it stands', () => {
  beforeAll(() => guard('buffer'))
  beforeEach(() => {
    message = { role: 'assistant', content: 'Fine.' }
    choice = {}
  })

  test.each([
    ['the name of who speaks', chatPath, chat('Hello', { name: mail })],
    [
      'two parts, half in each',
      chatPath,
      chat([
        { type: 'text', text: 'ada@exam' },
        { type: 'text', text: 'ple.com' },
      ]),
    ],
    ['parts of a letter each', chatPath, chat(Array.from(mail, (text) => ({ type: 'text', text })))],
    [
      'a tool',
      chatPath,
      around({
        tools: [{ type: 'function', function: { name: 't', description: mail, parameters: schema } }],
      }),
    ],
    [
      'a schema',
      chatPath,
      around({ response_format: { type: 'json_schema', json_schema: { name: 's', schema } } }),
    ],
    ['a prediction', chatPath, around({ prediction: { type: 'content', content: mail } })],
    [
      'a thought',
      chatPath,
      after({ content: 'Fine.', reasoning_content: mail }, { role: 'user', content: 'Go on' }),
    ],
    [
      'escapes in arguments',
      chatPath,
      after(
        { content: null, tool_calls: [call(String.raw`{"a":"Hi\nada\u0040example.com"}`)] },
        { role: 'tool', tool_call_id: 'a', content: 'done' },
      ),
    ],
    [
      'a result of a tool',
      chatPath,
      after(
        { content: null, tool_calls: [call('{}')] },
        { role: 'tool', tool_call_id: 'a', content: String.raw`{"m":"x\nada@example.com"}` },
      ),
    ],
    ['an unknown part', chatPath, chat([{ type: 'note', note: mail }])],
    [
      'a custom tool call',
      responsesPath,
      responses({ type: 'custom_tool_call', call_id: 'a', name: 't', input: mail }),
    ],
    [
      'a call of an MCP server',
      responsesPath,
      responses({ type: 'mcp_call', id: 'm', name: 't', arguments: '{}', output: mail, server_label: 's' }),
    ],
    [
      'a search in files',
      responsesPath,
      responses({ type: 'file_search_call', id: 'm', queries: [mail], results: [{ text: mail }] }),
    ],
    [
      'a summary of thoughts',
      responsesPath,
      responses({ type: 'reasoning', id: 'r', summary: [{ type: 'summary_text', text: mail }] }),
    ],
    [
      'a document',
      claudePath,
      claude([
        {
          type: 'document',
          title: mail,
          context: mail,
          source: { type: 'text', media_type: 'text/plain', data: mail },
        },
      ]),
    ],
    [
      'a document in parts',
      claudePath,
      claude([{ type: 'document', source: { type: 'content', content: [{ type: 'text', text: mail }] } }]),
    ],
    [
      'a found page',
      claudePath,
      claude([{ type: 'search_result', source: 'u', title: mail, content: [{ type: 'text', text: mail }] }]),
    ],
    [
      'a found page of a tool',
      claudePath,
      claude([
        {
          type: 'tool_result',
          tool_use_id: 'a',
          content: [
            { type: 'search_result', source: 'u', title: 't', content: [{ type: 'text', text: mail }] },
          ],
        },
      ]),
    ],
    [
      'code that ran',
      geminiPath,
      gemini(
        { executableCode: { language: 'PYTHON', code: mail } },
        { codeExecutionResult: { outcome: 'OUTCOME_OK', output: mail } },
      ),
    ],
    ['a file of text', geminiPath, gemini({ inlineData: { mimeType: 'text/plain', data: base64 } })],
  ])('in %s', async (_, path, body) => {
    const before = running.provider.seen.length
    await running.post(path, body)
    const sent = running.provider.seen.slice(before).map((each) => each.body.toString())
    expect(sent).toHaveLength(1)
    expect(sent.join('')).not.toMatch(/ada@|example\.com|u0040/)
    expect(sent.join('')).not.toContain(base64)
  })

  test('results of tools that are JSON are judged as a whole, too, and others stay without quotes', async () => {
    const result = (content: string) =>
      after({ content: null, tool_calls: [call('{}')] }, { role: 'tool', tool_call_id: 'a', content })
    const before = running.provider.seen.length
    await running.post(chatPath, result(`[note] ${mail} came`))
    expect(running.provider.seen[before]?.body.toString()).toContain('"[note] [EMAIL] came"')
    await guard('buffer', {
      detectors: [{ type: 'length', maxCharacters: 20 }],
      on: ['tool-result'],
      action: 'block',
    })
    const refused = await running.post(chatPath, result(JSON.stringify({ a: 'x'.repeat(40) })))
    expect(refused.status).toBe(400)
    await guard('buffer')
  })

  test('names of callers and credentials of their tools are left alone', async () => {
    const server = { type: 'mcp', server_label: 's', server_url: 'https://mcp.example/', authorization: mail }
    const before = running.provider.seen.length
    await running.post(responsesPath, {
      ...responses({ role: 'user', content: mail }),
      tools: [server],
      user: mail,
    })
    expect(running.provider.seen[before]?.json).toMatchObject({
      user: mail,
      tools: [{ authorization: mail }],
    })
    expect(JSON.stringify(running.provider.seen[before]?.json['input'])).toContain('[EMAIL]')
  })
})

describe('what a model answers is read wherever it stands', () => {
  beforeAll(() => guard('buffer'))
  const ask = async (more: object = {}) =>
    (await running.post(chatPath, { ...chat('Hello'), ...more })).text()

  test.each([
    [
      'sources',
      {
        content: 'x',
        annotations: [
          {
            type: 'url_citation',
            url_citation: { url: 'https://a.example/', title: mail, start_index: 0, end_index: 1 },
          },
        ],
      },
    ],
    [
      'the words of a sound',
      { content: null, audio: { id: 'a', data: 'AAAA', expires_at: 1, transcript: mail } },
    ],
    [
      'a call of its own kind',
      { content: null, tool_calls: [{ id: 'b', type: 'custom', custom: { name: 'c', input: mail } }] },
    ],
    [
      'two parts',
      {
        content: [
          { type: 'text', text: 'ada@exam' },
          { type: 'text', text: 'ple.com' },
        ],
      },
    ],
  ])('in %s', async (_, said) => {
    message = { role: 'assistant', ...said }
    choice = {}
    const text = await ask()
    expect(text).toContain('[EMAIL]')
    expect(text).not.toMatch(/ada@|example\.com/)
  })

  test('arguments of a tool stay JSON', async () => {
    message = {
      role: 'assistant',
      content: null,
      tool_calls: [call(String.raw`{"a":"Hi\nada@example.com","card":4111111111111111}`)],
    }
    choice = {}
    const answer = JSON.parse(await ask()) as {
      choices: [{ message: { tool_calls: [ReturnType<typeof call>] } }]
    }
    const given: unknown = JSON.parse(answer.choices[0].message.tool_calls[0].function.arguments)
    expect(given).toEqual({ a: 'Hi\n[EMAIL]', card: '[CREDIT-CARD]' })
  })

  test('a schema for answers judges neither thoughts nor arguments of tools', async () => {
    const detectors = [{ type: 'json-schema', schema: { type: 'object', required: ['a'] } }]
    await guard('buffer', { detectors, on: ['output'], action: 'block' })
    message = {
      role: 'assistant',
      content: '{"a":1}',
      reasoning_content: 'Let me think.',
      tool_calls: [call('{}')],
    }
    choice = {}
    expect(await ask()).toContain('Let me think.')
    await guard('buffer')
  })

  test.each(['buffer', 'window'] as const)(
    'in log probabilities, whole and streamed (%s)',
    async (streaming) => {
      await guard(streaming)
      const token = (text: string) => ({ token: text, logprob: -1, bytes: [], top_logprobs: [] })
      message = { role: 'assistant', content: `To ${mail}` }
      choice = { logprobs: { content: [token('To '), token(mail)] } }
      expect(await ask({ logprobs: true })).not.toMatch(/ada@|example\.com/)
      pieces = [
        chunk({ role: 'assistant', content: 'To ' }, { logprobs: { content: [token('To ')] } }),
        chunk({ content: mail }, { logprobs: { content: [token(mail)] } }),
        chunk({}, { finish_reason: 'stop' }),
      ]
      const streamed = await ask({ logprobs: true, stream: true })
      expect(streamed).toContain('[EMAIL]')
      expect(streamed).not.toMatch(/ada@|example\.com/)
      pieces = [
        chunk({ role: 'assistant', content: 'Fine.' }, { logprobs: { content: [token('Fine.')] } }),
        chunk({}, { finish_reason: 'stop' }),
      ]
      expect(await ask({ logprobs: true, stream: true })).toContain('"token":"Fine."')
    },
  )
})

describe('calls that are no chat are read, too', () => {
  beforeAll(() => guard('buffer'))
  const inputs = [
    ['embeddings', '/v1/embeddings', { model: 'openai/gpt-4o', input: [`about ${mail}`, 'x'] }],
    ['rerank', '/v1/rerank', { model: 'cohere/rerank', query: mail, documents: ['a', mail] }],
    [
      'speech',
      '/v1/audio/speech',
      { model: 'openai/gpt-4o', input: mail, instructions: mail, voice: 'alloy' },
    ],
    ['images', '/v1/images/generations', { model: 'openai/gpt-4o', prompt: mail }],
    [
      'a count of tokens',
      '/v1/messages/count_tokens',
      claude([{ type: 'text', text: mail }], { system: mail }),
    ],
    [
      'embeddings of Google',
      '/v1beta/models/gemini/gemini-2.5:embedContent',
      { content: { parts: [{ text: mail }] } },
    ],
  ] as const

  test.each(inputs)('%s', async (_, path, body) => {
    const before = running.provider.seen.length
    const response = await running.post(path, body)
    const sent = running.provider.seen.slice(before).map((each) => each.body.toString())
    expect(sent.join('')).toContain('[EMAIL]')
    expect(sent.join('')).not.toContain(mail)
    expect((await running.spanOf(response)).input).not.toContain(mail)
  })

  test.each(inputs)('%s is refused when a rule blocks', async (_, path, body) => {
    await guard('buffer', { action: 'block' })
    const before = running.provider.seen.length
    const response = await running.post(path, body)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('blocked by rule')
    expect(running.provider.seen).toHaveLength(before)
    await guard('buffer')
  })
})
