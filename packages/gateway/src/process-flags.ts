/**
 * Flags of Node for a gateway process: a small young generation, for short pauses and flat memory, and as many helper
 * threads of V8 as there are cores to spare. With its usual four they take turns with the loop on a small machine, and
 * calls wait 30 ms for a collection.
 */
export const gatewayFlags: readonly string[] = ['--max-semi-space-size=8', '--v8-pool-size=0']
