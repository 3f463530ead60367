import { confusable } from '../matching/look-alike.ts'
import { foldText, wordFolding, type Folding } from '../matching/fold-text.ts'
import { overrideVerbs } from './override-languages.ts'
import { makePhraseAutomaton } from '../matching/phrase-automaton.ts'

/**
 * Groups of word pieces. A rule names the groups of which its sentences must hold a piece each; sentences that
 * do not are not tried against it. That is what keeps ordinary text fast.
 */
const groups = {
  override:
    'ignor|disregard|forget|overrid|overrul|bypass|dismiss|discard|neglect|no attention|aside|skip|follow|obey|heed|comply|adher|listen|respect|vergiss|vergess|missacht|umgeh|setz dich|olvid|descarta|omite|omiso|sigas|obedezcas|oubli|suis|suivez|tiens|tenez|abstraction|dimentica|esqueca|desconsidere|negeer|vergeet|zignoruj|zapomnij|игнорируй|забудь',
  instructions:
    'instruction|prompt|rule|guideline|directive|system message|developer message|directions|constraint|restriction|polic|safeguard|safety|programming|command|orders|guardrail|training|anweisung|regel|vorgabe|instruktion|richtlinie|beschrankungen|instruccion|regla|directrices|indicaciones|ordenes|normas|consigne|regle|istruzioni|regole|instruc|regras|diretrizes|instructies|opdrachten|instrukcj|polecen|zasad|инструкци|указани|правил',
  before:
    'above|before|previous|preceding|prior|so far|until now|told|said|learn|taught|know|instructed|gesagt|vorher|bisher|anterior|antes|dicho|precede|avant|dit|appris|powyzej|ранее|the top|the start|beginning|oberhalb|uber dieser',
  renewed: 'your new|your real|your actual|your true|your only|new |updated|revised',
  undone:
    'void|cancel|obsolete|invalid|lifted|disabled|removed|revoked|suspended|overridden|deactivated|outdated|null',
  /** Languages whose orders are few and told by their own rules. */
  eastern:
    `${overrideVerbs}|` +
    '忽略|无视|忘记|忘掉|不要理会|無視|忘れ|무시|잊|系统提示|系统指令|提示词|初始指令|system prompt|システムプロンプト|初期指示|内部指示',
  show: 'i need|i want|reveal|show|print|repeat|output|display|tell|give|share|leak|dump|expose|disclose|recite|write|echo|paste|translate|summari|list|quote|return|copy|state|spell|type|encode|what|zeig|verrat|nenne|gib|geben|wiederhole|lautet|lauten|steht|muestra|revela|dime|repite|imprime|cuales|cual es|montre|revele|affiche|repete|donne|quelle|quel est|mostra|rivela|mostre|laat|toon|pokaz|покажи',
  prompt:
    'prompt|instruction|message|directive|configuration|anweisung|instruccion|consigne|nachricht|programming',
  told: 'told|instructed|asked|programmed|initial|original|system prompt|hidden prompt',
  mode: 'anything now|dan mode|jailbreak mode|god mode|developer mode|debug mode|admin mode|unrestricted mode|sudo mode',
  unrestricted:
    'unrestricted|unfiltered|uncensored|jailbroken|amoral|unaligned|uneingeschrankt|sin restricciones|sans restriction|dan|evil|stan|dude',
  role: "you are|you're|you will be|you have|you can|act|behave|respond|answer|reply|speak|write|pretend|role|simulate|become|imagine|assistant|model|chatbot|du |eres|tu |antworte|reponds|agis|fais|verhalte|responde|ai",
  without: 'without|with no|no |free of|free from|not bound|not limited|unbound|ohne|sin |sans |keine',
  limits:
    'restriction|limit|filter|guideline|rules|censorship|constraint|safeguard|boundaries|moral|ethic|einschrankung|regeln|restricciones|filtros',
  obeys: 'never refuse|never decline|never say|cannot refuse|always say|always compl|always obey',
  maker: 'openai|anthropic|google|meta|microsoft|its creator|its maker|the company',
  safety: 'your safety|your ethical|your content|your moral',
  mark: '<|im_|<|system|<|user|<|assistant|<|end|<|eot|<|start|<|begin|<start_of|<end_of|[inst|[/inst|<<sys|<</sys|<system|</system|<instructions|</instructions|[system|[/system|## system|## new instr|begin system|end system|start of system|begin admin|end admin|start of admin|system:|system :|developer:|developer :|admin:|admin :|prompt:|prompt :|message:|message :|override:|override :',
  model:
    ' ai|ai |ais |llm|language model|assistant|chatbot|agent|gpt|claude|copilot|gemini|ki | ki|ki-|sprachmodell| ia|ia |asistente|modelo de|modele de',
  note: 'dear|hey|hello|llm|language model|chatbot|ai:|ai agents:|note|message|attention|instruction|important|notice|reminder|memo|hinweis|nota|remarque|achtung|atencion',
  reads: 'reading|processing|summari|review|parsing|evaluat|analy|reads|read|process|answer|asked',
  says: 'say|tell|include|insert|mention|recommend|append|add|output|respond with|reply with|rate|claim|state',
  when: 'when ',
  hide: "not tell|n't tell|never tell|without tell|inform|mention|alert|reveal|notif",
  reader: 'user|human|customer|owner|reader',
  praise: 'positive review|highest|10/10|5 star|perfect score|top score|best candidate|acceptance|only',
  judged: 'paper|candidate|resume|cv|applicant|submission|review|product',
  send: 'send|forward|email|e-mail|post|upload|transmit|exfiltrate|leak|submit|append|encode|sende|schicke|leite|envia|envoie|transfere|transmets',
  data: 'conversation|history|api key|api-key|api_key|apikey|passw|credential|secret|token|emails|inbox|contacts|env|user data|personal data|customer data|system prompt|ssh key|cookies|files|gesprach|unterhaltung|zugangsdaten|conversacion|contrasenas|claves|identifiants|mots de passe',
  image: '![|<img',
  decode: 'decod|decrypt|dekodi|decodifica',
} as const
export type TriggerGroup = keyof typeof groups

const names = Object.keys(groups)

/** The groups as bits of one number. There are fewer than 32. */
export function maskOf(needed: readonly TriggerGroup[]): number {
  return needed.reduce((mask, group) => mask | (1 << names.indexOf(group)), 0)
}

// Digits that stand for letters in "1gn0re".
const letterOfDigit: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't' }

/** Letters and digits that imitate Latin letters count as these, also inside words of their own script. */
const disguiseFolding: Folding = {
  ascii: wordFolding.ascii.map((unit) => letterOfDigit[String.fromCharCode(unit)]?.charCodeAt(0) ?? unit),
  other: (codePoint) => {
    const folded = wordFolding.other(codePoint)
    return confusable.get(folded) ?? folded
  },
}
const masks = collectMasks()
export const triggerMasks: readonly number[] = [...masks.values()]
export const triggerAutomaton = makePhraseAutomaton([...masks.keys()], disguiseFolding)

/** Every piece once, with the groups it is in. */
function collectMasks(): Map<string, number> {
  const found = new Map<string, number>()
  for (const [index, pieces] of Object.values(groups).entries())
    for (const piece of pieces.split('|').filter(Boolean)) {
      const folded = foldText(piece, disguiseFolding)
      found.set(folded, (found.get(folded) ?? 0) | (1 << index))
    }
  return found
}

/**
 * A sentence as rules read it: no case, accents or invisible characters, plain Latin for letters and digits that
 * imitate it, and words that were spaced out closed again.
 */
export function foldSentence(sentence: string): string {
  let folded = foldText(sentence, wordFolding).replace(/ {2,}/g, '  ').trim()
  folded = folded.replace(spacedWord, (word) => word.replaceAll(' ', '')).replaceAll('  ', ' ')
  if (/[a-z]\d|\d[a-z]/.test(folded))
    folded = folded.replace(/[a-z]*\d[a-z\d]*/g, (word) =>
      /[a-z]{2}/.test(word) ? word.replace(/[013457]/g, (digit) => letterOfDigit[digit] ?? digit) : word,
    )
  if (/^[\0-\x7F]*$/.test(folded)) return folded
  // Only words that mix scripts are disguised ones; Russian and Greek stay as they are.
  return folded.replace(/\p{L}+/gu, (word) =>
    /[a-z]/.test(word) && /[^a-z]/.test(word)
      ? Array.from(word, (letter) => confusable.get(letter) ?? letter).join('')
      : word,
  )
}

// At least four single letters with one space between them.
const spacedWord = /(?<![^ ])[a-z0-9](?: [a-z0-9]){3,}(?![^ ])/g
