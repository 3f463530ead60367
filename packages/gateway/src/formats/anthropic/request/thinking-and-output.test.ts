import { expect, test } from 'vitest'
import type { ModelAbilities } from '../../../neutral/codec.ts'
import type { Message, NeutralRequest } from '../../../neutral/neutral-request.ts'
import { call, exampleWriter, result, says, tool } from '../../../neutral/testing/example-request.ts'
import { writeRequest } from './write-request.ts'

const { write, refused } = exampleWriter(writeRequest)

const output = {
  kind: 'json-schema',
  name: 'city',
  schema: { type: 'object', properties: { name: { type: 'string', maxLength: 9 } } },
} as const

test('A4.20 a schema goes to models that enforce one, in the subset that they enforce', () => {
  const { body } = write({ output }, { abilities: { structuredOutput: true } })
  expect(body.output_config.format).toEqual({
    type: 'json_schema',
    schema: {
      type: 'object',
      properties: { name: { type: 'string', description: '{maxLength: 9}' } },
      additionalProperties: false,
    },
  })
})

test('A4.20 other models are made to call a tool whose arguments are the answer', () => {
  const { body } = write({ output })
  expect(body.tools).toMatchObject([{ name: 'structured_answer', input_schema: output.schema }])
  expect(body.tool_choice).toEqual({ type: 'tool', name: 'structured_answer' })
  const withTools = write({ output, tools: [tool('f')] }).body
  expect([withTools.tools.length, withTools.tool_choice]).toEqual([2, { type: 'any' }])
  const thinking = write({ output, reasoning: { effort: 'low' } }).body
  expect(thinking.tool_choice).toEqual({ type: 'auto' })
})

test('A4.20 JSON without a schema is asked for in the system prompt', () => {
  const { body } = write({
    output: { kind: 'json' },
    messages: [says('system', 'Be kind.'), says('user', 'Hi')],
  })
  expect(body.system).toHaveLength(2)
  expect(body.system[1].text).toContain('JSON object')
})

test('A4.21 an effort becomes a budget below max_tokens', () => {
  const abilities = { reasoning: 'budget' } as const
  const thinking = (parts: Partial<NeutralRequest>, more: ModelAbilities = {}) => {
    const { body } = write(parts, { abilities: { ...abilities, ...more } })
    return [body.thinking, body.max_tokens]
  }
  expect(thinking({ reasoning: { effort: 'medium' } })).toEqual([
    { type: 'enabled', budget_tokens: 8192 },
    12_288,
  ])
  expect(thinking({ reasoning: { effort: 'max' } }, { maxOutputTokens: 20_000 })).toEqual([
    { type: 'enabled', budget_tokens: 16_000 },
    20_000,
  ])
  expect(thinking({ reasoning: { budgetTokens: 9000 }, maxOutputTokens: 5000 })).toEqual([
    { type: 'enabled', budget_tokens: 4999 },
    5000,
  ])
  expect(thinking({ reasoning: { budgetTokens: 100 } })[0]).toEqual({ type: 'enabled', budget_tokens: 1024 })
  expect(thinking({ reasoning: { effort: 'none' } })[0]).toEqual({ type: 'disabled' })
})

test('A4.21 an answer that is too short for any thought is refused by the name the client used', () => {
  const short = { reasoning: { effort: 'high' }, maxOutputTokens: 500 } as const
  const setting = { abilities: { reasoning: 'budget' } } as const
  expect(refused(short, setting)).toEqual(['model_unsupported', 'reasoning_effort'])
  expect(write(short, { ...setting, drop: true }).body).not.toHaveProperty('thinking')
})

test('A4.21 models that decide themselves get an effort; a budget becomes one', () => {
  const adaptive = { abilities: { reasoning: 'adaptive' } } as const
  expect(write({ reasoning: { effort: 'minimal', isShown: true } }, adaptive).body).toMatchObject({
    thinking: { type: 'adaptive', display: 'summarized' },
    output_config: { effort: 'low' },
  })
  expect(write({ reasoning: { budgetTokens: 8000, isShown: false } }, adaptive).body).toMatchObject({
    thinking: { type: 'adaptive', display: 'omitted' },
    output_config: { effort: 'medium' },
  })
  const effort = write({ reasoning: { effort: 'xhigh' } }, { abilities: { reasoning: 'effort' } }).body
  expect([effort.thinking, effort.output_config]).toEqual([undefined, { effort: 'xhigh' }])
  expect(refused({ reasoning: { effort: 'low' } }, { abilities: { reasoning: 'none' } })).toEqual([
    'model_unsupported',
    'reasoning_effort',
  ])
})

test('A4.21 a model that thinks is not forced to a tool', () => {
  const forced = {
    tools: [tool('f')],
    toolChoice: { kind: 'required' },
    reasoning: { effort: 'low' },
  } as const
  expect(refused(forced)).toEqual(['model_unsupported', 'tool_choice'])
  expect(write(forced, { drop: true }).body.tool_choice).toEqual({ type: 'auto' })
  const { reasoning: _, ...unthinking } = forced
  const always = { abilities: { forcedToolChoice: false } }
  expect(refused(unthinking, always)).toEqual(['model_unsupported', 'tool_choice'])
  expect(write({ output }, always).body.tool_choice).toEqual({ type: 'auto' })
})

test('A4.21 with a budget, results of calls whose thoughts are gone are answered without thinking', () => {
  const messages = [
    says('user', 'Hi'),
    { role: 'assistant', content: [call('a')] } as Message,
    result('a', '1'),
  ]
  const { body, dropped } = write(
    { messages, reasoning: { effort: 'low' } },
    { abilities: { reasoning: 'budget' } },
  )
  expect([body.thinking, dropped]).toEqual([undefined, ['reasoning_effort']])
})
