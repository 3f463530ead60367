import { afterAll, beforeAll, expect, test } from 'vitest'
import { keys } from '../../packages/gateway/src/testing/example-snapshot.ts'
import {
  startMatrixGateway,
  type MatrixGateway,
} from '../../packages/gateway/src/testing/clients/start-matrix-gateway.ts'
import { families } from '../../packages/gateway/src/testing/providers/start-scenario-provider.ts'
import { installTimeoutMs, runPython } from '../support/client-libraries.ts'

let running: MatrixGateway
beforeAll(async () => {
  running = await startMatrixGateway()
})
afterAll(() => running.stop())

async function runProgram(name: 'python-clients' | 'python-litellm', program: string): Promise<string> {
  const models = Object.entries(families).map(([family, { model }]) => `${family}/${model}`)
  return runPython(name, program, {
    BASE: running.gateway.url,
    KEY: keys.invoke,
    MODELS: models.join(' '),
    LITELLM_LOCAL_MODEL_COST_MAP: 'True',
  })
}

/** What every program begins with: the models of all families, and the text they answer. */
const beginning = `
import os, json
base, key, models = os.environ["BASE"], os.environ["KEY"], os.environ["MODELS"].split()
hello = "Hello, w\\u00f6rld \\U0001F30D!"
weather = {"city": "Bern", "days": [1, 2.5]}
schema = {"type": "object", "properties": {"city": {"type": "string"}, "days": {"type": "array", "items": {"type": "number"}}}, "required": ["city", "days"], "additionalProperties": False}
`

test(
  'the Anthropic SDK for Python gets texts, calls, streams and errors of every provider',
  { timeout: installTimeoutMs },
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
  { timeout: installTimeoutMs },
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
  { timeout: installTimeoutMs },
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
  { timeout: installTimeoutMs },
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
