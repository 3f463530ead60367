/**
 * Words that make a number more likely to be of a kind, in the languages of the people who have such numbers.
 * Written without accents and in lower case; a word is found inside longer ones ("Handynummer").
 */
const wordsByKind: Readonly<Record<string, string>> = {
  phone:
    'phone|mobil|mob|cell|tel|telefon|telephone|fax|call|dial|ring|whatsapp|signal|sms|text me|contact|hotline|handy|ruf|erreichen|telefono|movil|llam|portable|appel|joindre|cellulare|chiam|bel me|gsm|zadzwon|телефон|звон|电话|手机|電話|携帯|전화|연락처|हॉटलाइन|फोन',
  'credit-card':
    'card|visa|mastercard|amex|american express|discover|maestro|diners|jcb|unionpay|karte|tarjeta|carte|carta|cartao|kaart|karta|cvv|cvc|卡号|信用卡|カード|카드',
  iban: 'iban|konto|account|cuenta|compte|conto|rekening|bank|bic|swift',
  ip: 'ip|ipv4|ipv6|address|adresse|direccion|client|remote|logged in from|visitor|user from',
  mac: 'mac|ethernet|device|wifi|hardware address|bssid',
  'crypto-wallet':
    'wallet|bitcoin|btc|ethereum|eth|crypto|send|donate|deposit|withdraw|usdt|litecoin|ltc|doge|tron|address',
  passport:
    'passport|reisepass|passnummer|pasaporte|passeport|passaporto|passaporte|paspoort|paszport|pasnummer|travel document|паспорт|护照|旅券|パスポート|여권',
  'ssn-us': 'ssn|social security|social sec|social number|socials|seguro social',
  'itin-us': 'itin|taxpayer|tax id|tin',
  'sin-ca': 'sin|social insurance|assurance sociale|nas',
  'nhs-uk': 'nhs|patient|medical',
  'nino-uk': 'national insurance|nino|ni number|insurance no',
  'dni-es': 'dni|nif|documento|identidad|identificacion',
  'nie-es': 'nie|nif|extranjero|documento|identidad',
  'codice-fiscale-it': 'codice fiscale|cod fisc|fiscale|tax code|cf',
  'pesel-pl': 'pesel|dowod|osobist',
  'steuer-id-de': 'steuer|steuerid|idnr|identifikationsnummer|steuernummer|tax id|tax number|tin|finanzamt',
  'nir-fr': 'nir|securite sociale|secu|insee|numero de ss|assure|vitale',
  'bsn-nl': 'bsn|burgerservice|sofi|sofinummer|citizen service',
  'national-number-be': 'rijksregister|registre national|national number|nationaal nummer|niss|insz|rrn',
  'ahv-ch': 'ahv|avs|sozialversicherung|oasi|versichertennummer',
  'nif-pt': 'nif|contribuinte|fiscal',
  'personnummer-se': 'personnummer|personal number|samordningsnummer|persnr',
  'fodselsnummer-no': 'fodselsnummer|personnummer|fnr|d-nummer|national id|fødselsnummer',
  'hetu-fi': 'hetu|henkilotunnus|henkilo|identity code',
  'aadhaar-in': 'aadhaar|aadhar|adhaar|uidai|uid|आधार',
  'pan-in': 'pan|permanent account|income tax',
  'cpf-br': 'cpf|cadastro|contribuinte|documento',
  'tfn-au': 'tfn|tax file',
  'nric-sg': 'nric|fin|identity card|ic number|ic no',
  'rrn-kr': 'rrn|resident|주민등록|주민번호|jumin',
  'resident-id-cn': '身份证|居民身份|identity|resident id|id card|id number',
  'thai-id-th': 'บัตรประชาชน|ประจำตัว|thai id|national id|citizen id',
}

// What usually numbers something else than a person.
const otherNumbers =
  /(?:^|[^\p{L}])(?:order|orders|bestellung|bestellnummer|auftrag|auftragsnummer|pedido|commande|ordine|invoice|rechnung|rechnungsnummer|factura|facture|fattura|tracking|shipment|parcel|sendung|sendungsnummer|paket|ticket|case|sku|item|artikel|artikelnummer|part|serial|seriennummer|isbn|issn|ean|gtin|upc|barcode|version|build|release|firmware|revision|commit|port|pid|timestamp|epoch|offset|bytes|checksum|hash|row|line|batch|lot|job|transaction|txn|doi|pmid|population|revenue|price|total|amount|seed|random|example sequence)(?:[^\p{L}]|$)/u

const patterns = new Map<string, RegExp>(
  Object.entries(wordsByKind).map(([kind, words]) => [kind, compile(words)]),
)

/** How far before a number its context is read, in UTF-16 units. */
export const contextReach = 80
const contextWords = 7

/**
 * Adds what the words before a number say: +0.35 and at least 0.4 for a word of its kind, -0.35 for a word that
 * numbers other things, such as "order" or "version".
 */
export function scoreInContext(kind: string, base: number, context: string): number {
  if (context === '') return base
  if (patterns.get(kind)?.test(context)) return Math.min(1, Math.max(0.4, base + 0.35))
  return otherNumbers.test(context) ? base - 0.35 : base
}

/** The last words before `start` in lower case without accents. Looks no further back than {@link contextReach}. */
export function readContext(text: string, start: number): string {
  const before = text.slice(Math.max(0, start - contextReach), start)
  if (!/\p{L}/u.test(before)) return ''
  const isPlain = /^[\0-\x7F]*$/.test(before)
  const plain = isPlain ? before : before.normalize('NFKD').replace(/\p{M}+/gu, '')
  const words = plain.toLowerCase().match(isPlain ? /[a-z0-9]+/g : /[\p{L}\p{N}]+/gu)
  return words ? words.slice(-contextWords).join(' ') : ''
}

/** Short words must stand alone; longer ones may start a word or be part of one. */
function compile(words: string): RegExp {
  const list = words.split('|')
  const plain = (word: string): string => word.normalize('NFKD').replace(/\p{M}+/gu, '')
  const short = list.filter((word) => word.length <= 4 && /^[a-z]/.test(word)).map(plain)
  const long = list.filter((word) => word.length > 4 || !/^[a-z]/.test(word)).map(plain)
  const alone = `(?:^|[^\\p{L}])(?:${short.join('|')})(?:[^\\p{L}]|$)`
  const inside = long.join('|')
  return new RegExp([short.length > 0 ? alone : '', inside].filter(Boolean).join('|'), 'u')
}
