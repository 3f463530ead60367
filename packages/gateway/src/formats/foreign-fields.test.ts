import { isAppError } from '@ratchet/contract'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { codecOf } from '../apis/codecs.ts'
import type { FormatName } from '../neutral/content.ts'
import type { JsonObject } from './parse-json.ts'

type Case = { readonly name: string; readonly body: JsonObject }

/** What became of a request: written, with what was left out, or refused over a field. */
type Outcome = { readonly body: string; readonly dropped: readonly string[] } | { readonly refused: unknown }

const clients = ['openai-chat', 'openai-responses', 'anthropic', 'gemini'] as const
const providers = ['openai-chat', 'openai-responses', 'anthropic', 'gemini', 'bedrock'] as const

/** Every field, part, tool and item that the vendor's SDK has a type for, one in each line. */
function casesOf(format: FormatName): readonly Case[] {
  const text = readFileSync(join(import.meta.dirname, '__fixtures__/fields', `${format}.jsonl`), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)
}

function translate(from: FormatName, to: FormatName, body: JsonObject, dropUnsupported = false): Outcome {
  try {
    const request = codecOf(from).readRequest(body, { model: 'm', isStream: false })
    const abilities = { structuredOutput: true, reasoning: 'effort' } as const
    const options = { model: 'm', dropUnsupported, abilities }
    const written = codecOf(to).writeRequest(request, options)
    return { body: JSON.stringify(written.body), dropped: written.dropped }
  } catch (error) {
    if (!isAppError(error)) throw error
    return { refused: error.details['param'] }
  }
}

function silentLosses(from: FormatName, to: FormatName): readonly string[] {
  const [base, ...cases] = casesOf(from)
  if (base === undefined) return ['no cases']
  const plain = translate(from, to, base.body)
  return cases.flatMap(({ name, body }) => {
    const outcome = translate(from, to, body)
    if ('refused' in outcome) return outcome.refused === undefined ? [`${name}: refused without a name`] : []
    const isSame = 'body' in plain && outcome.body === plain.body
    return isSame && outcome.dropped.length === 0 ? [name] : []
  })
}

/**
 * Nobody notices that these are gone: they say what the other format does anyway, name the caller to a provider that
 * takes no such name, belong to a cache of the client's own provider, or stand in the path.
 */
const unnoticed: Readonly<Record<(typeof clients)[number], readonly string[]>> = {
  'openai-chat': [
    'metadata',
    'prompt_cache_key',
    'prompt_cache_options',
    'prompt_cache_retention',
    'reasoning_effort_none',
    'safety_identifier',
    'stream',
    'tool_choice_none',
    'user',
  ],
  'openai-responses': [
    'cache_key',
    'cache_options',
    'include',
    'include_search',
    'metadata',
    'reasoning_summary',
    'retention',
    'safety_identifier',
    'store',
    'store_false',
    'stream',
    'user',
  ],
  anthropic: [
    'choice_none',
    'metadata',
    'metadata_other',
    'service_tier_auto',
    'service_tier_std',
    'stream',
    'thinking_adaptive',
    'thinking_disabled',
  ],
  gemini: ['mode_none', 'thinking_off'],
}

test.each(clients.flatMap((from) => providers.map((to) => [from, to] as const)))(
  'nothing that a client of %s can say to a provider of %s is lost without a word',
  (from, to) => {
    expect(silentLosses(from, to).filter((name) => !unnoticed[from].includes(name))).toEqual([])
  },
)

test('what is called unnoticed is so with some provider', () => {
  for (const from of clients) {
    const silent = new Set(providers.flatMap((to) => silentLosses(from, to)))
    expect(unnoticed[from].filter((name) => !silent.has(name))).toEqual([])
  }
})

function outcomeOf(from: FormatName, name: string, to: FormatName): Outcome {
  const found = casesOf(from).find((each) => each.name === name)
  if (found === undefined) throw new Error(`No case "${name}".`)
  return translate(from, to, found.body)
}

test.each([
  ['openai-chat', 'assistant_audio', 'messages[1].audio'],
  ['openai-chat', 'web_search_options', 'web_search_options'],
  ['openai-chat', 'moderation', 'moderation'],
  ['openai-chat', 'custom_call', 'messages[1].content'],
  ['openai-responses', 'background', 'background'],
  ['openai-responses', 'conversation', 'conversation'],
  ['openai-responses', 'prompt', 'prompt'],
  ['openai-responses', 'choice_mcp', 'tool_choice'],
  ['anthropic', 'inference_geo', 'inference_geo'],
  ['anthropic', 'mcp_servers', 'mcp_servers'],
  ['anthropic', 'doc_content', 'messages[0].content.source'],
  ['gemini', 'cachedContent', 'cachedContent'],
  ['gemini', 'armor', 'modelArmorConfig'],
  ['gemini', 'mime_enum', 'generationConfig.responseMimeType'],
] as const)('from %s, %s is refused by every provider that lacks it', (from, name, param) => {
  const isOpenAi = (format: string) => format.startsWith('openai')
  for (const to of providers) {
    if (to === from || (isOpenAi(from) && isOpenAi(to) && (name === 'moderation' || name === 'custom_call')))
      continue
    expect([to, outcomeOf(from, name, to)]).toEqual([to, { refused: param }])
  }
})

test.each(['anthropic', 'bedrock', 'gemini'] as const)(
  'to %s, items that stand for turns are refused',
  (to) => {
    for (const name of ['item_reference', 'compaction'])
      expect(outcomeOf('openai-responses', name, to)).toHaveProperty('refused')
  },
)

test.each(['openai-chat', 'openai-responses', 'gemini'] as const)(
  'citations that are wanted are refused by %s, which has none',
  (to) => {
    expect(outcomeOf('anthropic', 'pdf_citations', to)).toEqual({ refused: 'messages[0].content.citations' })
  },
)

test('Bedrock cites documents as Anthropic does', () => {
  expect(outcomeOf('anthropic', 'pdf_citations', 'bedrock')).toMatchObject({
    body: expect.stringContaining('"citations":{"enabled":true}') as string,
    dropped: [],
  })
})

test.each([
  ['openai-chat', 'user_name', 'messages[0].name'],
  ['anthropic', 'tool_examples', 'tools[0].input_examples'],
  ['anthropic', 'doc_text', 'messages[0].content.context'],
  ['gemini', 'media_res', 'messages[0].content.mediaResolution'],
  ['gemini', 'tool_behavior', 'tools[0].behavior'],
] as const)('from %s, %s is told as dropped', (from, name, param) => {
  expect(outcomeOf(from, name, 'openai-responses')).toMatchObject({ dropped: [param] })
})

test.each(['anthropic', 'bedrock', 'gemini'] as const)(
  'to %s, clients of functions have not asked for single calls',
  (to) => {
    expect(outcomeOf('openai-chat', 'legacy_call', to)).toMatchObject({ dropped: [] })
  },
)

test.each(['anthropic', 'bedrock', 'gemini'] as const)(
  'to %s, a custom call that may be dropped takes its result with it',
  (to) => {
    const [, ...cases] = casesOf('openai-chat')
    const body = cases.find(({ name }) => name === 'custom_call')?.body ?? {}
    const plain = casesOf('openai-chat')[0]?.body ?? {}
    const outcome = translate('openai-chat', to, body, true)
    expect(outcome).toMatchObject({ dropped: ['messages[1].content', 'tools'] })
    expect(outcome).toHaveProperty('body', (translate('openai-chat', to, plain) as { body: string }).body)
  },
)

test.each(['openai-chat', 'openai-responses'] as const)('a tier of Gemini is one of %s as well', (to) => {
  expect(outcomeOf('gemini', 'serviceTier', to)).toMatchObject({
    body: expect.stringContaining('"service_tier":"flex"') as string,
  })
})

test("OpenAI's own marks for its cache pass from chat completions to responses", () => {
  expect(outcomeOf('openai-chat', 'text_cache', 'openai-responses')).toMatchObject({
    body: expect.stringContaining('"prompt_cache_breakpoint":{"mode":"explicit","ttl":"12h"}') as string,
  })
})

test.each([
  ['openai-responses', 'reasoning_item', '"summary":[{"type":"summary_text","text":"Hm"}]'],
  ['openai-responses', 'reasoning_item', '"content":[{"type":"reasoning_text","text":"Full"}]'],
  ['gemini', 'call_sched', '"scheduling":"SILENT","willContinue":true'],
  ['openai-chat', 'top_logprobs_alone', '"top_logprobs":3'],
] as const)('a request of %s that is written anew keeps %s', (format, name, text) => {
  expect(outcomeOf(format, name, format)).toMatchObject({ body: expect.stringContaining(text) as string })
})
