import type { Detector, Finding } from '../finding.ts'
import { makeWholeTextDetector } from '../local-detector.ts'

/** A refusal stands at the beginning; what comes later is part of an answer. */
const openingLength = 400
const wholeRefusalLength = 700

// Someone says that they cannot or will not, or apologises, and what they will not do.
const opening =
  /^(?:(?:i(?:'m| am) (?:very |so |really |truly )?(?:sorry|afraid)|sorry|(?:my )?apolog(?:ies|ise|ize)|i apolog|unfortunately|thank you for (?:asking|your)|i understand|i appreciate|as an? (?:ai|artificial|large|responsible)|es tut mir leid|tut mir leid|entschuldig|leider|als ki|lo siento|lamento|disculp|como (?:ia|modelo|una? )|je suis desole|desole|malheureusement|en tant qu|mi dispiace|purtroppo|desculpe|sinto muito|infelizmente|helaas|het spijt me|als ai|przykro mi|przepraszam|niestety|抱歉|对不起|很抱歉|申し訳|すみません|죄송)[^.!?。！？]{0,120}[,.!?;:—–-]? ?)?/
const refusals: readonly RegExp[] = [
  /\b(?:i|we)(?: can ?not| can't| could ?n[o']t| won't| will not| must not|(?: would|'d) rather not|(?:'m| am| are|'re) (?:unable|not able|not (?:going|allowed|permitted|willing|comfortable))(?: to)?| (?:have|need|must|am going|'m going)(?: to)?(?: respectfully| politely)? decline| refuse to| decline to| (?:do not|don't) feel comfortable| should ?n[o']t)\b(?! (?:find|locate|see|tell|determine|confirm|verify|guarantee|recommend|wait|thank|believe|stress|overstate|emphasi[sz]e|speak for|be (?:more|happier)|open|read|use))(?: \w+){0,3}? ?(?:help|assist|provid|comply|fulfil|do (?:that|this|it|so)|support|answer|discuss|creat|writ|generat|produc|shar|engag|continu|giv|offer|participat|explain|describ|respond|talk|act|role-?play|complet|process|reveal|disclos|mak|facilitat|with (?:that|this)|that request|this request|to (?:that|this))/,
  /\b(?:i|we) (?:must|have to|need to|will have to) (?:respectfully |politely )?decline/,
  /\b(?:i'm|i am) (?:sorry|afraid),? (?:but )?(?:i |that |this |your request )?(?:can(?:no|')t|cannot|is not|isn't|goes against|violates|won't|(?:is|am) unable)/,
  /\b(?:that|this|your)(?: request| question| content)? (?:goes against|violates|is against|falls outside|is not something i(?:'m| am)? (?:can|able))\b/,
  /\b(?:is|it's|that's|this is) not something (?:i|we)(?: can| could| will| am able|'m able|'m allowed)/,
  /\bich (?:kann|darf|werde|mochte) (?:\w+ ){0,6}?nicht (?:\w+ ){0,5}?(?:helfen|unterstutzen|beantworten|bereitstellen|schreiben|erstellen|geben|nachkommen|erfullen|behilflich|anbieten|weiterhelfen|machen|tun|nennen|liefern)/,
  /\b(?:das|dabei|damit|hierbei|leider|hier) (?:kann|darf|werde) ich (?:\w+ ){0,4}?nicht (?:\w+ ){0,4}?(?:helfen|weiterhelfen|dienen|behilflich|beantworten|tun|machen|nennen|erfullen|schreiben|erstellen|geben)/,
  /\bno (?:puedo|podemos|me es posible) (?:\w+ ){0,3}?(?:ayudar\w*|asistir\w*|proporcionar\w*|cumplir|responder|generar|escribir|crear|ofrecer|dar\w*|compartir|hacer\w*|continuar)/,
  /\bje ne (?:peux|suis pas en mesure|puis|vais)(?: malheureusement)? ?(?:pas|de)? (?:\w+ ){0,4}?(?:aider|assister|fournir|repondre|ecrire|generer|creer|satisfaire|donner|faire|partager|continuer|acceder)/,
  /\bnon posso (?:\w+ ){0,3}?(?:aiutar\w*|assister\w*|fornir\w*|risponder\w*|scriver\w*|generar\w*|crear\w*|soddisfar\w*)/,
  /\bnao posso (?:\w+ ){0,3}?(?:ajudar|ajuda-lo|fornecer|responder|escrever|gerar|criar|atender)/,
  /\bik kan (?:\w+ ){0,5}?niet (?:\w+ ){0,3}?(?:helpen|beantwoorden|geven|schrijven|voldoen|assisteren)/,
  /\bnie moge (?:\w+ ){0,3}?(?:pomoc|odpowiedziec|spelnic|napisac|udzielic)/,
  /(?:我)?(?:无法|不能|不可以)(?:为您|为你|帮助|协助|提供|满足|回答|完成|生成|回应)/,
  /(?:お手伝い|お答え|ご提供|対応|お応え)(?:は|を)?(?:でき(?:ません|かねます)|いたしかねます)/,
  /(?:도와|제공|답변|응답)(?:드릴|해 드릴|할)? ?수 없/,
]

/** The model declines to do what it was asked, in the first sentences of its answer. A signal, by phrases. */
export function makeRefusalDetector(): Detector {
  return makeWholeTextDetector('refusal', findRefusal)
}

function findRefusal(text: string): Finding[] {
  const start = text.search(/\S/)
  if (start < 0) return []
  const end = Math.min(text.length, start + openingLength)
  const plain = text
    .slice(start, end)
    .replace(/[’‘ʼ]/gu, "'")
    .normalize('NFKD')
    .replace(/[\u0300-\u036F]/gu, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[\s*_#>"“”]+/gu, ' ')
  const apology = opening.exec(plain)?.[0].length ?? 0
  const hit = refusals.map((pattern) => plain.search(pattern)).filter((at) => at >= 0)
  const first = Math.min(...hit)
  // Somebody else's refusal is told of, not given.
  if (
    /\b(?:said|says|told|asked|wrote|replied|answered|he|she|they|user|customer|assistant)\b/.test(
      plain.slice(0, first),
    )
  )
    return []
  if (hit.length === 0 || first > Math.max(apology + 60, 120)) return []
  // A long answer that begins with a limit usually goes on to answer.
  const isShort = text.trim().length <= wholeRefusalLength
  const score = (apology > 0 || first < 8 ? 0.85 : 0.6) - (isShort ? 0 : 0.25)
  if (score < 0.5) return []
  return [{ detector: 'refusal', kind: 'refusal', start, end: sentenceEnd(text, start, end), score }]
}

function sentenceEnd(text: string, start: number, limit: number): number {
  const stop = /[.!?。！？](?=\s|$)|\n/u.exec(text.slice(start, limit))
  return stop ? start + stop.index + stop[0].trimEnd().length : text.slice(0, limit).trimEnd().length
}
