/** Shannon entropy of the characters of a text, in bits per character. */
export function measureEntropy(text: string): number {
  if (text === '') return 0
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let entropy = 0
  for (const count of counts.values()) entropy -= (count / text.length) * Math.log2(count / text.length)
  return entropy
}

const fillers =
  /example|placeholder|change[-_]?me|replace|insert|your[-_ ]?|dummy|sample|redact|todo|foo[-_]?bar|xxxx|\*{3}|\.{3}|<|>|\$\{|\{\{|\$\(|%\(|abcdefgh|qwerty|12345678|01234567|87654321|deadbeef/i

/** True for what stands in documentation where a secret would: placeholders, templates, sequences, repetitions. */
export function isPlaceholder(value: string): boolean {
  return fillers.test(value) || /(.)\1{5}/.test(value) || /^[$%]/.test(value)
}
