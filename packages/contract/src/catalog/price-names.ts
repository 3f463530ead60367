/** Prices of tokens beside input and output: their names in US dollars, and in nano-dollars. */
export const tokenPriceNames = [
  ['cachedInputUsd', 'cachedInputNano'],
  ['cacheWriteUsd', 'cacheWriteNano'],
  ['cacheWriteHourUsd', 'cacheWriteHourNano'],
  ['audioInputUsd', 'audioInputNano'],
  ['audioOutputUsd', 'audioOutputNano'],
  ['imageInputUsd', 'imageInputNano'],
  ['imageOutputUsd', 'imageOutputNano'],
] as const

/** Prices of what is not a token, in the same way. */
export const unitPriceNames = [
  ['requestUsd', 'requestNano'],
  ['imageUsd', 'imageNano'],
  ['audioHourUsd', 'audioHourNano'],
  ['charactersUsd', 'charactersNano'],
  ['searchUsd', 'searchNano'],
  ['searchCallUsd', 'searchCallNano'],
  ['fileSearchUsd', 'fileSearchNano'],
  ['containerUsd', 'containerNano'],
] as const
