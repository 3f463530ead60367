import { isAppError } from '@ratchet/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  fieldText,
  forwardTranscription,
  readMultipart,
  readSpeechEvent,
  readSpeechRequest,
  readTranscription,
  readTranscriptionEvent,
  readTranscriptionRequest,
} from './index.ts'

async function encode(form: FormData): Promise<{ body: Buffer; contentType: string }> {
  const request = new Request('http://localhost', { method: 'POST', body: form })
  return {
    body: Buffer.from(await request.arrayBuffer()),
    contentType: request.headers.get('content-type') ?? '',
  }
}

function formOf(fields: Readonly<Record<string, string>>, file?: Buffer): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  if (file !== undefined) form.append('file', new Blob([new Uint8Array(file)]), 'a "b".mp3')
  return form
}

function problem(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return isAppError(error) ? `${error.code} ${String(error.details['param'])}` : error
  }
  return 'fine'
}

test('the model is found in a form, and replaced without touching the file', async () => {
  const file = Buffer.from([0, 13, 10, 45, 45, 255, 13, 10, 13, 10, 1])
  const { body, contentType } = await encode(formOf({ stream: 'true', model: 'openai/whisper' }, file))
  const request = readTranscriptionRequest(body, contentType)
  expect(request).toMatchObject({
    model: 'openai/whisper',
    fileBytes: file.length,
    isStream: true,
    responseFormat: 'json',
  })
  const forwarded = forwardTranscription(request, 'whisper-1')
  const form = await new Response(new Uint8Array(forwarded), {
    headers: { 'content-type': contentType },
  }).formData()
  expect(form.get('model')).toBe('whisper-1')
  expect(form.get('stream')).toBe('true')
  const sent = form.get('file')
  expect(sent instanceof Blob && Buffer.from(await sent.arrayBuffer())).toEqual(file)
  expect(forwardTranscription(request, 'openai/whisper')).toBe(body)
})

test('any form comes out as it went in', async () => {
  const name = fc.stringMatching(/^[a-z_]{1,8}$/).filter((word) => word !== 'file')
  // Line ends are written as CR LF by every form, so only whole ones come back equal.
  const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll(/[\r\n]/g, ' '))
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, text), fc.uint8Array({ maxLength: 200 }), async (fields, bytes) => {
      const file = Buffer.from(bytes)
      const { body, contentType } = await encode(formOf(fields, file))
      const found = readMultipart(body, contentType)
      const read = Object.keys(fields).map((key) => [key, fieldText(body, found, key)])
      expect(read).toEqual(Object.entries(fields))
      const last = found.at(-1)
      expect(last && body.subarray(last.start, last.end)).toEqual(file)
    }),
    { numRuns: 50 },
  )
})

test('a boundary in quotes, a preamble, spaces after a delimiter and empty values are read', () => {
  const body = Buffer.from(
    'ignored\r\n--a b  \r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n' +
      '--a b\r\ncontent-type: text/plain\r\ncontent-disposition: form-data; filename=x.mp3; name=file\r\n\r\n\r\n--a b--\r\n',
  )
  const fields = readMultipart(body, 'multipart/form-data; charset=utf-8; boundary="a b"')
  expect(fields.map(({ name, fileName, start, end }) => [name, fileName, end - start])).toEqual([
    ['model', undefined, 1],
    ['file', 'x.mp3', 0],
  ])
})

test('a form without model or file, or with two models, is refused by name', async () => {
  const read = async (form: FormData) => {
    const { body, contentType } = await encode(form)
    return problem(() => readTranscriptionRequest(body, contentType))
  }
  const file = Buffer.from('x')
  expect(await read(formOf({}, file))).toBe('validation_failed model')
  expect(await read(formOf({ model: '' }, file))).toBe('validation_failed model')
  expect(await read(formOf({ model: 'm' }))).toBe('validation_failed file')
  const twice = formOf({ model: 'cheap' }, file)
  twice.append('model', 'dear')
  expect(await read(twice)).toBe('validation_failed model')
})

test.each([
  ['application/json', '{}'],
  ['multipart/form-data', ''],
  ['multipart/form-data; boundary=', ''],
  ['multipart/form-data; boundary=x', ''],
  ['multipart/form-data; boundary=x', '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\nvalue'],
  ['multipart/form-data; boundary=x', '--x\r\ncontent-type: a\r\n\r\nvalue\r\n--x--'],
  ['multipart/form-data; boundary=x', '--xy\r\ncontent-disposition: form-data; name="a"\r\n\r\nv\r\n--x--'],
])('%s with %j is a bad request, never a crash', (contentType, body) => {
  expect(problem(() => readMultipart(Buffer.from(body), contentType))).toMatch(/^bad_request/)
})

test('any bytes are read or refused in time', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('--x', '\r\n', '--', 'name="a"', '; ', 'content-disposition:', 'v')),
      (parts) => {
        const body = Buffer.from(parts.join(''))
        expect(problem(() => readMultipart(body, 'multipart/form-data; boundary=x'))).toMatch(
          /^(bad_request|fine)/,
        )
      },
    ),
  )
})

test('a transcript tells tokens, or seconds, or nothing', () => {
  const read = (json: object) => readTranscription(Buffer.from(JSON.stringify(json)), 'application/json')
  const tokens = {
    type: 'tokens',
    input_tokens: 14,
    output_tokens: 5,
    total_tokens: 19,
    input_token_details: { audio_tokens: 12, text_tokens: 2 },
  }
  expect(read({ text: 'Hi', usage: tokens })).toMatchObject({
    text: 'Hi',
    usage: { inputTokens: 14, outputTokens: 5, audioInputTokens: 12 },
  })
  const heard = (answer: object) => read({ text: 'Hi', ...answer }).usage
  expect(heard({ usage: { type: 'duration', seconds: 9 } })).toMatchObject({
    inputTokens: 0,
    units: { audioMs: 9000 },
  })
  expect(heard({ duration: '8.47' })).toMatchObject({ units: { audioMs: 8470 } })
  expect(heard({ duration: 8.470000267 })).toMatchObject({ units: { audioMs: 8470 } })
  expect([
    heard({ duration: 'long' }),
    heard({ duration: -1 }),
    heard({ duration: 1e12 }),
    heard({}),
  ]).toEqual([undefined, undefined, undefined, undefined])
  const subtitles = readTranscription(Buffer.from('1\n00:00 --> 00:01\nHi'), 'text/plain')
  expect(subtitles).toEqual({ text: '1\n00:00 --> 00:01\nHi', usage: undefined })
  expect(readTranscriptionEvent({ type: 'transcript.text.delta', delta: 'H' })).toBeUndefined()
  expect(readTranscriptionEvent({ type: 'transcript.text.done', text: 'Hi', usage: tokens })).toMatchObject({
    text: 'Hi',
    usage: { inputTokens: 14 },
  })
})

test('speech is charged by characters as people count them, or by tokens of its last event', () => {
  expect(readSpeechRequest({ model: 'm', input: 'Grüße 🌍', voice: 'alloy', stream_format: 'sse' })).toEqual({
    model: 'm',
    input: 'Grüße 🌍',
    characters: 7,
    voice: 'alloy',
    responseFormat: 'mp3',
    isEventStream: true,
  })
  expect(problem(() => readSpeechRequest({ model: 'm' }))).toBe('validation_failed input')
  expect(readSpeechEvent({ type: 'speech.audio.delta', audio: 'AA==' })).toBeUndefined()
  const usage = { input_tokens: 3, output_tokens: 50, total_tokens: 53 }
  expect(readSpeechEvent({ type: 'speech.audio.done', usage })).toMatchObject({
    inputTokens: 3,
    outputTokens: 50,
  })
})
