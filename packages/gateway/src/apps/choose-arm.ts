/** Picks one of several weighted arms; the same key always gets the same arm while the weights stay. */
export function chooseArm<Arm extends { readonly weight: number }>(
  arms: readonly Arm[],
  key: string,
): Arm | undefined {
  const [only] = arms
  if (arms.length <= 1) return only
  const total = arms.reduce((sum, arm) => sum + Math.max(0, arm.weight), 0)
  let place = (hashText(key) / 0x1_0000_0000) * total
  for (const arm of arms) {
    place -= Math.max(0, arm.weight)
    if (place < 0) return arm
  }
  return arms.at(-1)
}

/** FNV-1a with the murmur3 finaliser, 32 bits. */
function hashText(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
