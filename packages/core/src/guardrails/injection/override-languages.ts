import { foldText, wordFolding } from '../matching/fold-text.ts'

/** How a language says "ignore", "instructions", and "previous" or "all"; beginnings of words, as people write them. */
type Words = { readonly ignore: string; readonly instructions: string; readonly earlier: string }

const languages: readonly Words[] = [
  { ignore: 'تجاهل', instructions: 'تعليمات|الأوامر|القواعد|الإرشادات', earlier: 'السابقة|أعلاه|جميع|كل' },
  { ignore: 'نادیده', instructions: 'دستورالعمل|دستورات|قوانین', earlier: 'قبلی|بالا|تمام|همه' },
  { ignore: 'התעלם|התעלמי|התעלמו', instructions: 'הוראות|הנחיות|כללים', earlier: 'קודמות|לעיל|כל' },
  { ignore: 'अनदेखा|नज़रअंदाज़', instructions: 'निर्देश|नियम', earlier: 'पिछले|ऊपर|सभी' },
  {
    ignore: 'yok say|görmezden gel|dikkate alma',
    instructions: 'talimat|yönerge|komut|kural',
    earlier: 'önceki|yukarıdaki|tüm',
  },
  {
    ignore: 'ігноруй|проігноруй|знехтуй',
    instructions: 'інструкці|вказів|правил',
    earlier: 'попередн|вищ|усі|всі',
  },
  { ignore: 'bỏ qua|phớt lờ', instructions: 'hướng dẫn|chỉ dẫn|chỉ thị|lệnh', earlier: 'trước|trên|tất cả' },
  {
    ignore: 'ignorera|ignorer|bortse från|se bort fra',
    instructions: 'instruktion|instruks|anvisning|regler',
    earlier: 'tidigare|tidligere|föregående|ovan|alla|alle',
  },
  {
    ignore: 'ignoruj|ignorujte',
    instructions: 'instrukc|pokyn|pravid',
    earlier: 'předchoz|predchádz|výše|všech|všetk',
  },
  {
    ignore: 'ignoră|ignorați',
    instructions: 'instrucțiun|regul|comenzi',
    earlier: 'anterioar|precedent|de mai sus|toate',
  },
  {
    ignore: 'αγνόησε|αγνοήστε',
    instructions: 'οδηγί|εντολ|κανόν',
    earlier: 'προηγούμεν|παραπάνω|όλες|όλους',
  },
  {
    ignore: 'abaikan',
    instructions: 'instruksi|perintah|aturan|arahan',
    earlier: 'sebelumnya|di atas|semua',
  },
  { ignore: 'เพิกเฉย|ไม่ต้องสนใจ|ละเว้น', instructions: 'คำสั่ง|คำแนะนำ', earlier: 'ก่อนหน้า|ข้างต้น|ทั้งหมด' },
  {
    ignore: 'hagyd figyelmen kívül',
    instructions: 'utasítás|szabály',
    earlier: 'korábbi|előző|fenti|összes',
  },
  { ignore: 'ohita|jätä huomiotta', instructions: 'ohje|säännö|määräy', earlier: 'aiemm|edellis|kaikki' },
]

const near = '[^.!?。！？\\n]{0,40}?'

/** For each language, the words above near each other in any order that it uses. */
export const overridePatterns: readonly string[] = languages.map(({ ignore, instructions, earlier }) => {
  const [verb, noun, which] = [ignore, instructions, earlier].map(
    (words) => `(?:${foldText(words, wordFolding)})`,
  )
  const orders = [
    [verb, which, noun],
    [verb, noun, which],
    [which, noun, verb],
    [noun, which, verb],
  ]
  return `(?<![\\p{L}])(?:${orders.map((words) => words.join(near)).join('|')})`
})

/** What a sentence must hold to be tried against them. */
export const overrideVerbs = languages.map(({ ignore }) => ignore).join('|')
