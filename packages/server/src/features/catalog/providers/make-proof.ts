import { providerTable } from '@ratchet/contract'
import { isAwsKeyPair, isServiceAccount } from '@ratchet/core/catalog'
import { GoogleTokens, makePostForm, readServiceAccount, signAws, type PostForm } from '@ratchet/gateway'
import type { StoredConnection } from '../connection-store.ts'

/** Headers that prove a GET to the provider, beyond those that carry the credential itself. */
export type Proof = (url: URL, signal: AbortSignal) => Promise<Readonly<Record<string, string>>>

/** Replaced in tests. */
export type ProofParts = { readonly nowMs: () => number; readonly post?: PostForm }

const postTimeoutMs = 10_000

/** Keys of AWS sign the request, a Google service account gets a token first; others need no proof. */
export function makeProof(
  { name, provider, settings }: StoredConnection,
  apiKey: string,
  parts: ProofParts = { nowMs: Date.now },
): Proof | undefined {
  const { auth } = providerTable[provider]
  if (auth === 'google' && isServiceAccount(apiKey))
    return (_, signal) => googleProof(name, apiKey, parts, signal)
  if (auth !== 'aws' || !isAwsKeyPair(apiKey) || settings['region'] === undefined) return undefined
  const [accessKeyId = '', secretAccessKey = '', ...session] = apiKey.split(':')
  const sessionToken = session.join(':')
  const scope = {
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) },
    region: settings['region'],
    service: 'bedrock',
    date: new Date(parts.nowMs()),
  }
  return async ({ host, pathname, search }) =>
    signAws({ method: 'GET', host, path: pathname + search, headers: {}, body: '' }, scope)
}

async function googleProof(name: string, apiKey: string, parts: ProofParts, signal: AbortSignal) {
  const account = readServiceAccount(apiKey, name)
  const form = parts.post ? { post: parts.post, close: async () => undefined } : makePostForm(postTimeoutMs)
  try {
    const tokens = new GoogleTokens({ post: form.post, nowMs: parts.nowMs })
    return { authorization: `Bearer ${await tokens.token(account, name, signal)}` }
  } finally {
    await form.close()
  }
}
