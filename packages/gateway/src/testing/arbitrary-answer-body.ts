import fc from 'fast-check'
import { deepJson, oddJson, rarely } from './arbitrary-bytes.ts'

const counts = fc.constantFrom('7', '0', '-1', '1.5', '1e400', '9e15', '"12"', 'null', '{}', '[7]', deepJson)

const usage = fc
  .tuple(counts, counts, counts)
  .map(
    ([input, output, cached]) =>
      `{"prompt_tokens":${input},"completion_tokens":${output},"prompt_tokens_details":{"cached_tokens":${cached}}}`,
  )

const toolCalls = fc.constantFrom(
  '[{"index":0,"id":"call_1","type":"function","function":{"name":"weather","arguments":"{}"}}]',
  '[{"index":-1,"function":{"name":1,"arguments":["x"]}}]',
  '[null,1,"x",{}]',
  `[{"index":0,"function":${deepJson}}]`,
)

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => JSON.stringify(text)),
  oddJson,
)

const choice = fc
  .record({
    member: fc.constantFrom('message', 'delta'),
    content: texts,
    calls: rarely(4, toolCalls),
    finish: fc.constantFrom('"stop"', 'null', '"tool_calls"', '7', '""', deepJson),
    index: fc.constantFrom('0', '1', '-1', '1e400', '"0"', 'null'),
  })
  .map(({ member, content, calls, finish, index }) => {
    const more = calls === undefined ? '' : `,"tool_calls":${calls}`
    return `{"index":${index},"${member}":{"role":"assistant","content":${content}${more}},"finish_reason":${finish}}`
  })

const error = fc.constantFrom(
  '"overloaded"',
  '{"message":"Overloaded.","code":503}',
  '{"message":1,"status":{"toString":1,"valueOf":1}}',
  '{"status":"abc","toString":null}',
  '{"type":[],"code":{},"param":{"__proto__":1}}',
  `{"message":"deep","more":${deepJson}}`,
)

/** A chat completion, an embeddings answer or an event of a stream, with members missing, odd or doubled. */
const document = fc
  .record({
    choices: fc.option(fc.array(choice, { maxLength: 3 }), { nil: undefined }),
    usage: fc.option(fc.oneof(usage, oddJson), { nil: undefined }),
    data: rarely(3, fc.constantFrom('[]', '[{"embedding":[0.5,1e400]}]', '{}', deepJson)),
    error: rarely(8, error),
    more: rarely(4, oddJson),
  })
  .map(({ choices, ...rest }) => {
    const members = Object.entries(rest).flatMap(([name, value]) =>
      value === undefined ? [] : [`"${name}":${value}`],
    )
    if (choices !== undefined) members.push(`"choices":[${choices.join(',')}]`)
    return `{${members.join(',')}}`
  })

/** The body of a provider's answer: documents, streams and neither. */
export const arbitraryBody = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(document, oddJson).map((text) => Buffer.from(text)) },
  { weight: 8, arbitrary: stream() },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.constant(Buffer.from(`{"data":[${'0,'.repeat(40_000)}0],"us\\xge":{}`)) },
)

function stream(): fc.Arbitrary<Buffer> {
  const event = fc.oneof(
    { weight: 8, arbitrary: document.map((text) => `data: ${text}`) },
    {
      weight: 2,
      arbitrary: fc.constantFrom('data: [DONE]', ': beat', 'event: x', 'data', 'data:{"broken":', ''),
    },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }).map((text) => `data: ${text}`) },
  )
  const newline = fc.constantFrom('\n', '\r\n', '\r')
  return fc
    .tuple(fc.array(event, { maxLength: 6 }), newline, fc.boolean())
    .map(([events, end, isDone]) =>
      Buffer.from([...events, ...(isDone ? ['data: [DONE]'] : [])].map((each) => each + end + end).join('')),
    )
}

const usageOfRun =
  '{"inputTokens":1,"outputTokens":1,"cachedInputTokens":0,"cacheWriteTokens":0,"reasoningTokens":0}'

const runEvent = fc.oneof(
  texts.map((text) => `{"type":"text","text":${text}}`),
  oddJson.map((sources) => `{"type":"sources","sources":[${sources}]}`),
  fc.constantFrom(
    '{"type":"sources","sources":[{"id":"1","path":"a","title":"b","heading":"","text":"c","score":1}]}',
    '{"type":"node","name":"x","result":{"status":"completed","durationMs":1e400}}',
    '{"type":"failed","error":{"code":"timeout","message":"late"}}',
    '{"type":"failed","error":{"code":"constructor","message":"\\ud800","details":{"__proto__":1}}}',
    `{"type":"failed","error":{"code":"timeout","message":"late","details":{"deep":${deepJson}}}}`,
    '{"type":"constructor"}',
    '{"type":"text"',
    '',
  ),
  fc
    .tuple(
      texts,
      oddJson,
      fc.constantFrom('1', '1e400', '9e15', '-1'),
      fc.constantFrom(usageOfRun, '{}', 'null'),
    )
    .map(
      ([text, outputs, cost, used]) =>
        `{"type":"finished","text":${text},"outputs":{"a":${outputs}},"usage":${used},"costNano":${cost},"finishReason":"stop","durationMs":1}`,
    ),
)

/** The events of a run. */
export const arbitraryEvents = fc
  .tuple(fc.array(runEvent, { maxLength: 5 }), fc.boolean())
  .map(([lines, hasEnd]) => Buffer.from(`${lines.join('\n')}${hasEnd ? '\n' : ''}`))
