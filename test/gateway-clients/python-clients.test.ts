import { execFile } from 'node:child_process'
import { existsSync, renameSync, rmSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { keys } from '../../packages/gateway/src/testing/example-snapshot.ts'
import {
  startMatrixGateway,
  type MatrixGateway,
} from '../../packages/gateway/src/testing/clients/start-matrix-gateway.ts'
import { families } from '../../packages/gateway/src/testing/providers/start-scenario-provider.ts'

const run = promisify(execFile)
const root = new URL('../..', import.meta.url).pathname

/** LiteLLM wants another version of OpenAI's library than the others. */
const environments = {
  'python-clients': ['openai==3.54.0', 'anthropic==2.12.0', 'langchain-openai==1.7.3'],
  'python-litellm': ['litellm==1.105.3', 'openai==2.54.0'],
} as const

let running: MatrixGateway
beforeAll(async () => {
  running = await startMatrixGateway()
})
afterAll(() => running.stop())

/** The interpreter of an environment, which is installed when it is first asked for. */
async function pythonOf(name: keyof typeof environments): Promise<string> {
  const folder = `${root}.cache/${name}`
  const done = `${folder}/installed`
  if (!existsSync(done)) {
    rmSync(folder, { recursive: true, force: true })
    await run('python3', ['-m', 'venv', folder])
    const python = `${folder}/bin/python`
    await run(python, ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', ...environments[name]])
    await run('touch', [`${done}.part`])
    renameSync(`${done}.part`, done)
  }
  return `${folder}/bin/python`
}

async function runProgram(name: keyof typeof environments, program: string): Promise<string> {
  const python = await pythonOf(name)
  const models = Object.entries(families).map(([family, { model }]) => `${family}/${model}`)
  const { stdout } = await run(python, ['-c', program], {
    env: {
      ...process.env,
      BASE: running.gateway.url,
      KEY: keys.invoke,
      MODELS: models.join(' '),
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    },
  })
  return stdout.trim()
}

/** What every program begins with: the models of all families, and the text they answer. */
const beginning = `
import os, json
base, key, models = os.environ["BASE"], os.environ["KEY"], os.environ["MODELS"].split()
hello = "Hello, w\\u00f6rld \\U0001F30D!"
weather = {"city": "Bern", "days": [1, 2.5]}
schema = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "array", "items": {"type": "number"}}}, "required": ["city", "days"], "additionalProperties": False}
`

const timeoutMs = 400_000

test(
  'the Anthropic SDK for Python gets texts, calls, streams and errors of every provider',
  { timeout: timeoutMs },
  async () => {
    const program = `${beginning}
import anthropic
client = anthropic.Anthropic(base_url=base, api_key=key, max_retries=0)
tools = [{"name": name, "description": name, "input_schema": {"type": "object", "properties": {}}} for name in ("get_weather", "get_time")]
ask = dict(max_tokens=4096, messages=[{"role": "user", "content": "Hello"}])
for model in models:
    message = client.messages.create(model=model + "--plain", **ask)
    assert message.content[0].text == hello and message.stop_reason == "end_turn", message
    assert (message.usage.input_tokens, message.usage.output_tokens) == (20, 7), message.usage
    with client.messages.stream(model=model + "--parallel-tools", tools=tools, **ask) as stream:
        final = stream.get_final_message()
    assert [(block.name, block.input) for block in final.content if block.type == "tool_use"] == [("get_weather", weather), ("get_time", {"zone": "CET"})], final
    try:
        client.messages.create(model=model + "--rate-limit", **ask)
        raise AssertionError("no rate limit")
    except anthropic.RateLimitError as error:
        assert error.response.headers["retry-after"] == "7"
    text = ""
    try:
        with client.messages.stream(model=model + "--cut", **ask) as stream:
            for piece in stream.text_stream:
                text += piece
        raise AssertionError("no error")
    except anthropic.APIError as error:
        assert text == "Hello, " and "broke off" in str(error), (text, error)
print("ok")
`
    expect(await runProgram('python-clients', program)).toBe('ok')
  },
)

test(
  'the OpenAI SDK for Python gets texts, calls, schemas, streams and errors of every provider',
  { timeout: timeoutMs },
  async () => {
    const program = `${beginning}
import openai
client = openai.OpenAI(base_url=base + "/v1", api_key=key, max_retries=0)
tools = [{"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}} for name in ("get_weather", "get_time")]
ask = dict(messages=[{"role": "user", "content": "Hello"}])
for model in models:
    plain = client.chat.completions.create(model=model + "--plain", **ask)
    assert plain.choices[0].message.content == hello and plain.usage.total_tokens == 27, plain
    assert client.responses.create(model=model + "--plain", input="Hello").output_text == hello
    with client.chat.completions.stream(model=model + "--parallel-tools", tools=tools, **ask) as stream:
        for event in stream:
            pass
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert [(call.function.name, json.loads(call.function.arguments)) for call in calls] == [("get_weather", weather), ("get_time", {"zone": "CET"})], calls
    shaped = client.chat.completions.create(model=model + "--structured", response_format={"type": "json_schema", "json_schema": {"name": "answer", "schema": schema, "strict": True}}, **ask)
    assert json.loads(shaped.choices[0].message.content) == weather, shaped
    try:
        client.chat.completions.create(model=model + "--error-before", **ask)
        raise AssertionError("no error")
    except openai.InternalServerError as error:
        assert "Overloaded" in str(error), error
    text = ""
    try:
        for chunk in client.chat.completions.create(model=model + "--cut", stream=True, **ask):
            text += chunk.choices[0].delta.content or "" if chunk.choices else ""
        raise AssertionError("no error")
    except openai.APIError as error:
        assert text == "Hello, " and "broke off" in str(error), (text, error)
print("ok")
`
    expect(await runProgram('python-clients', program)).toBe('ok')
  },
)

test(
  'LangChain for Python gets texts, calls, streams and errors of every provider',
  { timeout: timeoutMs },
  async () => {
    const program = `${beginning}
import openai
from langchain_openai import ChatOpenAI
tools = [{"type": "function", "function": {"name": name, "description": name, "parameters": {"type": "object", "properties": {}}}} for name in ("get_weather", "get_time")]
def chat(model):
    return ChatOpenAI(model=model, base_url=base + "/v1", api_key=key, max_retries=0, stream_usage=True)
for model in models:
    answer = chat(model + "--plain").invoke("Hello")
    assert answer.content == hello and answer.usage_metadata["total_tokens"] == 27, answer
    whole = None
    for chunk in chat(model + "--parallel-tools").bind_tools(tools).stream("Hello"):
        whole = chunk if whole is None else whole + chunk
    assert [(call["name"], call["args"]) for call in whole.tool_calls] == [("get_weather", weather), ("get_time", {"zone": "CET"})], whole
    try:
        chat(model + "--rate-limit").invoke("Hello")
        raise AssertionError("no rate limit")
    except openai.RateLimitError:
        pass
print("ok")
`
    expect(await runProgram('python-clients', program)).toBe('ok')
  },
)

test(
  'the LiteLLM client gets texts, calls, streams and errors of every provider',
  { timeout: timeoutMs },
  async () => {
    const program = `${beginning}
import litellm
litellm.suppress_debug_info = True
tools = [{"type": "function", "function": {"name": name, "description": name, "parameters": {"type": "object", "properties": {}}}} for name in ("get_weather", "get_time")]
messages = [{"role": "user", "content": "Hello"}]
for prefix, address in (("openai/", base + "/v1"), ("anthropic/", base)):
    ask = dict(api_base=address, api_key=key, messages=messages, max_retries=0, num_retries=0, max_tokens=4096)
    for model in models:
        name = prefix + model
        answer = litellm.completion(model=name + "--plain", **ask)
        assert answer.choices[0].message.content == hello and answer.usage.total_tokens == 27, answer
        chunks = list(litellm.completion(model=name + "--parallel-tools", tools=tools, stream=True, **ask))
        whole = litellm.stream_chunk_builder(chunks, messages=messages)
        calls = whole.choices[0].message.tool_calls
        assert [(call.function.name, json.loads(call.function.arguments)) for call in calls] == [("get_weather", weather), ("get_time", {"zone": "CET"})], calls
        try:
            litellm.completion(model=name + "--rate-limit", **ask)
            raise AssertionError("no rate limit")
        except litellm.RateLimitError:
            pass
print("ok")
`
    expect(await runProgram('python-litellm', program)).toBe('ok')
  },
)
