/** Flags of Node for a gateway process: a small young generation, for short pauses and flat memory. */
export const gatewayFlags: readonly string[] = ['--max-semi-space-size=8']
