/** The two parts of a `.prompty`, with the lines of the file at which they start. */
export type PromptyParts = {
  readonly frontMatter: string
  readonly frontMatterLine: number
  readonly body: string
  readonly bodyLine: number
}

/** Splits at the `---` lines; undefined when the file does not start with closed front matter. */
export function splitFrontMatter(text: string): PromptyParts | undefined {
  const match = /^\uFEFF?(\s*)---[ \t]*\n([\s\S]*?)(?:^|\n)---[ \t]*(?:\n|$)/.exec(text)
  if (!match) return undefined
  const [whole, blank = '', frontMatter = ''] = match
  const frontMatterLine = countLines(blank) + 2
  return { frontMatter, frontMatterLine, body: text.slice(whole.length), bodyLine: countLines(whole) + 1 }
}

function countLines(text: string): number {
  return text.split('\n').length - 1
}
