import { mergeFindings, replacementOf, type Redaction, type RedactionStyle } from './redact.ts'
import type { Finding } from './finding.ts'

/**
 * Follows a JSON text and puts replacements into it so that it stays JSON: quotes, brackets and commas stand, and a number
 * becomes a string. A text that does not begin like an object or a list is no JSON: there replacements stand bare.
 */
export class JsonText {
  #isJson: boolean | undefined
  #isInString = false
  #isEscaped = false

  /** Reads on in text that stays as it is. */
  keep(text: string): string {
    for (let at = 0; at < text.length; at += 1) this.#read(text.charCodeAt(at))
    return text
  }

  /** What stands in place of `redaction`, a part of `text`. */
  replace(text: string, redaction: Redaction, style: RedactionStyle): string {
    const { start, end, finding } = redaction
    if (this.#isJson === undefined) {
      const first = text.slice(start, end).search(/\S/)
      if (first >= 0) this.#isJson = '{['.includes(text.charAt(start + first))
    }
    if (this.#isJson !== true) return replacementOf(text, redaction, style)
    let replaced = ''
    for (let at = start; at < end;) {
      const from = at
      const wasInString = this.#isInString
      if (!wasInString && isStructure(text.charCodeAt(at))) {
        replaced += this.keep(text.charAt(at))
        at += 1
        continue
      }
      while (at < end && this.#isSame(text.charCodeAt(at), wasInString)) {
        this.#read(text.charCodeAt(at))
        at += 1
      }
      if (at === from) {
        replaced += this.keep(text.charAt(at))
        at += 1
        continue
      }
      const said = inString(replacementOf(text, { start: from, end: at, finding }, style))
      replaced += wasInString ? said : `"${said}"`
    }
    return replaced
  }

  #isSame(code: number, inString: boolean): boolean {
    return inString ? code !== 34 || this.#isEscaped : !isStructure(code)
  }

  #read(code: number): void {
    if (this.#isJson === undefined) {
      if (code > 32) this.#isJson = code === 123 || code === 91
      return
    }
    if (!this.#isInString) this.#isInString = code === 34
    else if (this.#isEscaped) this.#isEscaped = false
    else if (code === 92) this.#isEscaped = true
    else if (code === 34) this.#isInString = false
  }
}

/** {@link redact} for a JSON text, which stays JSON. */
export function redactJson(
  text: string,
  findings: readonly Finding[],
  style: RedactionStyle = 'label',
): string {
  const json = new JsonText()
  let redacted = ''
  let from = 0
  for (const redaction of mergeFindings(findings)) {
    redacted += json.keep(text.slice(from, redaction.start)) + json.replace(text, redaction, style)
    from = redaction.end
  }
  return redacted + text.slice(from)
}

function inString(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}

/** A quote, a bracket, a comma, a colon or white space. */
function isStructure(code: number): boolean {
  return (
    code <= 32 ||
    code === 34 ||
    code === 44 ||
    code === 58 ||
    code === 91 ||
    code === 93 ||
    code === 123 ||
    code === 125
  )
}
