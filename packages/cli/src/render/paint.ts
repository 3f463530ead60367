import { styleText } from 'node:util'

/** Colours for one stream; each is the identity when the stream should stay plain. */
export type Paint = {
  readonly bold: (text: string) => string
  readonly dim: (text: string) => string
  readonly good: (text: string) => string
  readonly warn: (text: string) => string
  readonly bad: (text: string) => string
  readonly accent: (text: string) => string
}

type Style = Parameters<typeof styleText>[0]

/** Makes the colours; pass false to keep text plain. */
export function makePaint(isColoured: boolean): Paint {
  const style = (format: Style) => (text: string) =>
    isColoured ? styleText(format, text, { validateStream: false }) : text
  return {
    bold: style('bold'),
    dim: style('dim'),
    good: style('green'),
    warn: style('yellow'),
    bad: style('red'),
    accent: style('cyan'),
  }
}

/** True when text on this stream may carry colour: a terminal, without NO_COLOR, or FORCE_COLOR. */
export function wantsColour(
  isTerminal: boolean,
  environment: Readonly<Record<string, string | undefined>>,
): boolean {
  if (environment['NO_COLOR']) return false
  if (environment['FORCE_COLOR'] && environment['FORCE_COLOR'] !== '0') return true
  return isTerminal && environment['TERM'] !== 'dumb'
}
