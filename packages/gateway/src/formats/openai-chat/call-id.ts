/** An id for a call that a server gave none: the same one whenever the same answer is read, and short enough for all. */
export function callId(seed: string, index: number): string {
  return `call_${seed.replaceAll(/[^a-zA-Z0-9]/g, '').slice(-24)}_${index}`
}
