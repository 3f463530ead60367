import { signAws } from '../providers/sign-aws.ts'
import type { CompiledConnection } from '../snapshot/compile-snapshot.ts'
import type { UpstreamRequest } from './http-attempt.ts'

/** Headers of a request that AWS keys sign: `ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN]`. */
export function signUpstream(
  { origin, settings }: CompiledConnection,
  { path, headers, body }: UpstreamRequest,
  value: string,
): string[] {
  const [accessKeyId = '', secretAccessKey = '', ...session] = value.split(':')
  const sessionToken = session.join(':')
  const added = signAws(
    {
      method: 'POST',
      host: new URL(origin).host,
      path,
      headers: { 'content-type': 'application/json' },
      body,
    },
    {
      credentials: { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) },
      region: settings['region'] ?? 'us-east-1',
      service: 'bedrock',
      date: new Date(),
    },
  )
  return [...headers, ...Object.entries(added).flat()]
}
