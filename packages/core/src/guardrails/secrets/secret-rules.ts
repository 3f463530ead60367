/** Sets of characters a key is made of. */
export type KeyCharacters = 'word' | 'token' | 'hex' | 'capital' | 'dotted' | 'path'

/** A provider's key: what it starts with, then `fewest` to `most` characters of a set. */
export type SecretRule = {
  readonly kind: string
  readonly prefix: string
  readonly characters: KeyCharacters
  readonly fewest: number
  readonly most: number
}

type Row = readonly [kind: string, prefixes: string, characters: KeyCharacters, fewest: number, most: number]

// word: letters and digits; token: also "_" and "-"; hex: lower case; capital: A-Z and digits; dotted: token and
// "."; path: word and "/".
const rows: readonly Row[] = [
  ['aws-access-key', 'AKIA ASIA ABIA ACCA', 'capital', 16, 16],
  ['gcp-api-key', 'AIza', 'token', 35, 35],
  ['gcp-oauth', 'GOCSPX-', 'token', 28, 28],
  ['gcp-oauth', 'ya29.', 'dotted', 30, 1024],
  ['github-token', 'ghp_ gho_ ghu_ ghs_ ghr_', 'word', 36, 255],
  ['github-token', 'github_pat_', 'token', 60, 120],
  ['gitlab-token', 'glpat- gldt- glrt- glptt- glcbt- glft- glsoat- glagent- gloas-', 'dotted', 20, 300],
  ['slack-token', 'xoxb- xoxp- xoxa- xoxr- xoxs- xoxe- xoxe.xoxp- xapp-', 'token', 20, 300],
  ['slack-webhook', 'hooks.slack.com/services/', 'path', 40, 60],
  ['stripe-key', 'sk_live_ sk_test_ rk_live_ rk_test_', 'word', 16, 255],
  ['stripe-key', 'whsec_', 'word', 32, 64],
  ['openai-key', 'sk-proj- sk-svcacct- sk-admin-', 'token', 40, 255],
  ['openai-key', 'sk-', 'word', 48, 48],
  ['anthropic-key', 'sk-ant-', 'token', 32, 255],
  ['openrouter-key', 'sk-or-v1-', 'hex', 64, 64],
  ['langfuse-key', 'sk-lf-', 'token', 36, 36],
  ['langsmith-key', 'lsv2_pt_ lsv2_sk_', 'token', 40, 64],
  ['provider-key', 'sk-', 'hex', 32, 32],
  ['groq-key', 'gsk_', 'word', 40, 64],
  ['xai-key', 'xai-', 'word', 60, 128],
  ['perplexity-key', 'pplx-', 'word', 40, 64],
  ['fireworks-key', 'fw_', 'word', 22, 40],
  ['nvidia-key', 'nvapi-', 'token', 60, 80],
  ['together-key', 'tgp_v1_', 'token', 40, 64],
  ['cerebras-key', 'csk-', 'word', 40, 64],
  ['replicate-token', 'r8_', 'word', 37, 40],
  ['hugging-face-token', 'hf_ api_org_', 'word', 30, 64],
  ['jina-key', 'jina_', 'token', 40, 80],
  ['npm-token', 'npm_', 'word', 36, 36],
  ['pypi-token', 'pypi-AgE', 'token', 50, 300],
  ['rubygems-key', 'rubygems_', 'hex', 48, 48],
  ['docker-token', 'dckr_pat_ dckr_oat_', 'token', 27, 40],
  ['sendgrid-key', 'SG.', 'dotted', 60, 72],
  ['mailgun-key', 'key-', 'hex', 32, 32],
  ['twilio-key', 'SK', 'hex', 32, 32],
  ['square-token', 'sq0atp- sq0csp- EAAA', 'token', 22, 64],
  ['shopify-token', 'shpat_ shpss_ shpca_ shppa_', 'hex', 32, 32],
  ['digitalocean-token', 'dop_v1_ doo_v1_ dor_v1_', 'hex', 64, 64],
  ['databricks-token', 'dapi', 'hex', 32, 32],
  ['vault-token', 'hvs. hvb.', 'token', 24, 300],
  ['grafana-token', 'glsa_', 'token', 40, 44],
  ['grafana-token', 'glc_eyJ', 'word', 32, 400],
  ['new-relic-key', 'NRAK-', 'capital', 27, 27],
  ['linear-key', 'lin_api_', 'word', 40, 40],
  ['notion-token', 'ntn_', 'word', 40, 60],
  ['figma-token', 'figd_', 'token', 38, 48],
  ['postman-key', 'PMAK-', 'token', 59, 59],
  ['doppler-token', 'dp.pt. dp.st.', 'dotted', 40, 64],
  ['pulumi-token', 'pul-', 'hex', 40, 40],
  ['supabase-token', 'sbp_', 'hex', 40, 40],
  ['planetscale-token', 'pscale_tkn_ pscale_pw_ pscale_oauth_', 'dotted', 32, 64],
  ['tailscale-key', 'tskey-', 'token', 20, 80],
  ['terraform-token', 'atlasv1.', 'token', 60, 80],
  ['age-key', 'AGE-SECRET-KEY-1', 'capital', 58, 58],
]

/** Rules by the first two characters of their prefix, longest prefix first. */
export const secretRules: ReadonlyMap<number, readonly SecretRule[]> = byFirstTwo()

/** The number of a pair of ASCII characters, for look-ups by how a word begins. */
export function firstTwo(first: number, second: number): number {
  return (first << 7) | second
}

/** Which set a character belongs to, as one bit per set. */
export const setBits: Readonly<Record<KeyCharacters, number>> = {
  word: 1,
  token: 2,
  hex: 4,
  capital: 8,
  dotted: 16,
  path: 32,
}

export const characterSets: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code)
  let bits = 0
  if (/[A-Za-z0-9]/.test(character)) bits |= setBits.word
  if (/[\w-]/.test(character)) bits |= setBits.token
  if (/[0-9a-f]/.test(character)) bits |= setBits.hex
  if (/[0-9A-Z]/.test(character)) bits |= setBits.capital
  if (/[\w.-]/.test(character)) bits |= setBits.dotted
  if (/[A-Za-z0-9/]/.test(character)) bits |= setBits.path
  return bits
})

function byFirstTwo(): Map<number, SecretRule[]> {
  const rules = new Map<number, SecretRule[]>()
  for (const [kind, prefixes, characters, fewest, most] of rows) {
    for (const prefix of prefixes.split(' ')) {
      const key = firstTwo(prefix.charCodeAt(0), prefix.charCodeAt(1))
      const list = rules.get(key) ?? []
      list.push({ kind, prefix, characters, fewest, most })
      rules.set(key, list)
    }
  }
  for (const list of rules.values()) list.sort((first, second) => second.prefix.length - first.prefix.length)
  return rules
}
