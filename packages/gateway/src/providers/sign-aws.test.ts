import { expect, test } from 'vitest'
import { signAws, type AwsRequest } from './sign-aws.ts'

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const scope = {
  credentials: keys,
  region: 'us-east-1',
  service: 'service',
  date: new Date('2015-08-30T12:36:00Z'),
}
const get: AwsRequest = { method: 'GET', host: 'example.amazonaws.com', path: '/', headers: {}, body: '' }
const letters = '-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const token = '6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267'
const form = {
  'Content-Type': 'application/x-www-form-urlencoded',
  'Content-Length': '13',
  'x-amz-content-sha256': '9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e',
}

/** Name, request, signed headers and signature of AWS's published suite for Signature Version 4. */
const suite: readonly [string, Partial<AwsRequest>, string, string][] = [
  [
    'get-vanilla-query-order-key-case',
    { path: '/?Param2=value2&Param1=value1' },
    'host;x-amz-date',
    'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
  ],
  [
    'get-vanilla-query-unreserved',
    { path: `/?${letters}=${letters}` },
    'host;x-amz-date',
    '9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197',
  ],
  [
    'get-vanilla-utf8-query',
    { path: '/?ሴ=bar' },
    'host;x-amz-date',
    '2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04',
  ],
  [
    'get-utf8',
    { path: '/ሴ' },
    'host;x-amz-date',
    '8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85',
  ],
  [
    'get-unreserved',
    { path: `/${letters}` },
    'host;x-amz-date',
    '07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f',
  ],
  [
    'get-space-normalized',
    { path: '/example space/' },
    'host;x-amz-date',
    '652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741',
  ],
  [
    'get-header-key-duplicate',
    { headers: { 'My-Header1': 'value2,value2,value1' } },
    'host;my-header1;x-amz-date',
    'c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea',
  ],
  [
    'get-header-value-trim',
    { headers: { 'My-Header1': ' value1', 'My-Header2': ' "a   b   c"' } },
    'host;my-header1;my-header2;x-amz-date',
    'acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736',
  ],
  [
    'post-vanilla-query',
    { method: 'POST', path: '/?Param1=value1' },
    'host;x-amz-date',
    '28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11',
  ],
  [
    'post-header-key-sort',
    { method: 'POST', headers: { 'My-Header1': 'value1' } },
    'host;my-header1;x-amz-date',
    'c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c',
  ],
  [
    'post-x-www-form-urlencoded',
    { method: 'POST', headers: form, body: 'Param1=value1' },
    'content-length;content-type;host;x-amz-content-sha256;x-amz-date',
    'd3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b',
  ],
]

test.each(suite)("AWS's published vector %s", (_, parts, names, signature) => {
  expect(signAws({ ...get, ...parts }, scope)).toEqual({
    'x-amz-date': '20150830T123600Z',
    authorization: `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`,
  })
})

test("AWS's published vector get-vanilla-with-session-token", () => {
  const headers = signAws(get, { ...scope, credentials: { ...keys, sessionToken: token } })
  expect(headers['x-amz-security-token']).toBe(token)
  expect(headers['authorization']).toContain(
    'SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8',
  )
})

test('paths that mean the same have the same signature', () => {
  const signature = (path: string) => signAws({ ...get, path }, scope)['authorization']
  expect(signature('/a/./b//c/../')).toBe(signature('/a/b/'))
  expect(signature('/?b=%E1%88%B4&a')).toBe(signature('/?a=&b=ሴ'))
  expect(signature('/a?x=100%')).not.toBe(signature('/a'))
})

test('the colon of a model of Bedrock is signed as it is sent, encoded once more', () => {
  const request = {
    method: 'POST',
    host: 'bedrock-runtime.us-west-2.amazonaws.com',
    path: '/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse',
    headers: { 'content-type': 'application/json' },
    body: '{"messages":[]}',
  }
  const date = new Date('2026-11-21T12:00:00Z')
  const headers = signAws(request, { credentials: keys, region: 'us-west-2', service: 'bedrock', date })
  // As AWS's own SDK signs the same request.
  expect(headers['authorization']).toContain(
    'Signature=b744bca1ea7ed4dd37f7ceca12d4e8722bd1d2b5bb6258095805f5a0744c6346',
  )
})

test('body, region, service, key and day all change the signature', () => {
  const signatures = [
    signAws(get, scope),
    signAws({ ...get, body: Buffer.from('x') }, scope),
    signAws(get, { ...scope, region: 'eu-west-1' }),
    signAws(get, { ...scope, service: 'bedrock' }),
    signAws(get, { ...scope, credentials: { ...keys, secretAccessKey: 'other' } }),
    signAws(get, { ...scope, date: new Date('2015-08-31T12:36:00Z') }),
  ].map((headers) => headers['authorization']!.split('Signature=')[1])
  expect(new Set(signatures).size).toBe(signatures.length)
})

test('a Bedrock API key is sent as it is', () => {
  expect(signAws(get, { ...scope, credentials: { apiKey: 'bedrock-api-key-1' } })).toEqual({
    authorization: 'Bearer bedrock-api-key-1',
  })
})
