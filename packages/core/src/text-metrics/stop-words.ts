const stopWords = new Set(
  `a about above after again against all am an and any are arent as at be because been before being below
  between both but by can cannot cant could couldnt did didnt do does doesnt doing dont down during each few
  for from further had hadnt has hasnt have havent having he her here hers herself him himself his how i if in
  into is isnt it its itself just let lets me more most mustnt my myself no nor not of off on once only or
  other ought our ours ourselves out over own please same shant she should shouldnt so some such than that
  thats the their theirs them themselves then there theres these they this those through to too under until
  up very was wasnt we were werent what whats when where which while who whom why will with wont would wouldnt
  you your yours yourself yourselves also may might must shall us tell`.split(/\s+/u),
)

/** True for English function and question words, as `tokenizeWords` spells them (`dont`, not `don't`). */
export function isStopWord(word: string): boolean {
  return stopWords.has(word)
}
