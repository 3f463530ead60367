import { splitSentences } from './split-sentences.ts'

// First person, or about "the documents/context": quoting "the gateway cannot find the model" is an answer.
const documents =
  '(?:the |this |these |my |your |any (?:of the )?)?(?:provided |given |available |supplied )?(?:documents?|documentation|docs|contexts?|passages?|sources?|text|information|knowledge base)'
const patterns = [
  /\b(?:i|we)(?:'m| am| are)? (?:sorry,? )?(?:but )?(?:(?:i|we) )?(?:could not|couldn't|cannot|can't|can not|could find no|did not|didn't|was unable to|were unable to|am unable to|are unable to|am not able to|was not able to|unable to) (?:find|answer|locate|determine|see|tell|help with|provide an answer|confirm)\b/u,
  /\b(?:i|we) (?:could )?f(?:i|ou)nd (?:no|nothing|not enough)\b/u,
  /\b(?:i|we) (?:do not|don't) (?:know|have (?:enough |any |sufficient |that |this )?(?:information|context|knowledge|details|data))\b/u,
  /\bi(?:'m| am) not (?:sure|certain|aware)\b/u,
  /\bi have no (?:information|knowledge|answer)\b/u,
  new RegExp(
    `\\b${documents} (?:provided |given |available )?(?:do not|does not|don't|doesn't|did not|didn't) (?:say|mention|contain|include|provide|cover|state|specify|describe|answer|explain|tell|give|have)\\b`,
    'u',
  ),
  new RegExp(
    `\\b(?:is|are|was|were) (?:not|never) (?:\\w+ )?(?:mentioned|covered|stated|specified|described|answered|found|provided|given|contained|included|available|documented) (?:\\w+ )?(?:in|by) ${documents}\\b`,
    'u',
  ),
  new RegExp(
    `\\bno (?:information|mention|answer|details?)\\b.{0,60}\\b(?:in|about|on|is available|was found|could be found|available|found|provided)\\b`,
    'u',
  ),
  new RegExp(`\\b(?:nothing|not anything) in ${documents}\\b`, 'u'),
  /\b(?:this|the|that|your) question (?:cannot|can't|can not|could not) be answered\b/u,
  /\b(?:cannot|can't|could not|couldn't) be (?:answered|determined) (?:from|based on|with|using)\b/u,
  /^(?:not (?:found|mentioned|stated|specified|available|answerable)|unanswerable|no answer|unknown|n\/a)[.!]?$/u,
] as const

/**
 * True when a text declines to answer for want of knowledge ("I could not find this in the documents").
 * Looks at the first two sentences only, so a caveat after a full answer does not count. English phrases.
 */
export function isAbstention(text: string): boolean {
  const sentences = splitSentences(text).slice(0, 2)
  return sentences.some(({ text: sentence }) => {
    const plain = sentence.normalize('NFKC').toLowerCase().replace(/[’‘]/gu, "'").replace(/\s+/gu, ' ')
    return patterns.some((pattern) => pattern.test(plain))
  })
}
