/**
 * Position of the first character that makes a text invalid JSON, or undefined when it is valid. Only used
 * after JSON.parse has failed: V8 does not always tell where.
 */
export function findJsonMistake(text: string): number | undefined {
  const open: ('{' | '[')[] = []
  let expected: 'value' | 'value or ]' | 'name' | 'name or }' | ':' | ', or end' = 'value'
  let at = 0
  for (;;) {
    while (isSpace(text.charCodeAt(at))) at++
    const character = text.charAt(at)
    const inside = open.at(-1)
    if (expected === ', or end') {
      if (inside === undefined) return at === text.length ? undefined : at
      const closing = inside === '{' ? '}' : ']'
      if (character === closing) open.pop()
      else if (character !== ',') return at
      else expected = inside === '{' ? 'name' : 'value'
      at++
    } else if (expected === ':') {
      if (character !== ':') return at
      expected = 'value'
      at++
    } else if (isClosing(character, expected)) {
      open.pop()
      expected = ', or end'
      at++
    } else if (expected === 'name' || expected === 'name or }') {
      const end = character === '"' ? endOfString(text, at) : { mistake: at }
      if ('mistake' in end) return end.mistake
      at = end.end
      expected = ':'
    } else if (character === '{' || character === '[') {
      open.push(character)
      expected = character === '{' ? 'name or }' : 'value or ]'
      at++
    } else {
      const end = character === '"' ? endOfString(text, at) : endOfScalar(text, at)
      if ('mistake' in end) return end.mistake
      at = end.end
      expected = ', or end'
    }
  }
}

type Scan = { readonly end: number } | { readonly mistake: number }

function isClosing(character: string, expected: string): boolean {
  return (expected === 'value or ]' && character === ']') || (expected === 'name or }' && character === '}')
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
}

function endOfString(text: string, start: number): Scan {
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '"') return { end: at + 1 }
    if (character < ' ') return { mistake: at }
    if (character !== '\\') continue
    at++
    if (text.charAt(at) === 'u') {
      for (let digits = 0; digits < 4; digits++)
        if (!/[0-9a-f]/i.test(text.charAt(++at))) return { mistake: at }
    } else if (!'"\\/bfnrt'.includes(text.charAt(at)) || at >= text.length) return { mistake: at }
  }
  return { mistake: text.length }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y

function endOfScalar(text: string, start: number): Scan {
  for (const word of ['true', 'false', 'null']) {
    if (text.charAt(start) !== word.charAt(0)) continue
    for (let index = 1; index < word.length; index++) {
      if (text.charAt(start + index) !== word.charAt(index)) return { mistake: start + index }
    }
    return { end: start + word.length }
  }
  number.lastIndex = start
  const matched = number.exec(text)?.[0]
  return matched === undefined ? { mistake: start } : { end: start + matched.length }
}
