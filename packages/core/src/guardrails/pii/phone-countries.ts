/**
 * Country calling codes with the fewest and most digits of a national number (ITU-T E.164 and national plans;
 * plans without fixed length are given their usual range). Codes that are not listed take 6 to 12.
 */
const lengths: readonly (readonly [codes: string, fewest: number, most: number])[] = [
  ['1', 10, 10],
  ['7 20 90 92 98', 10, 10],
  ['27 30 31 32 33 34 41 45 47 48 51 56 57 61 64 66 84 94', 8, 10],
  ['36 40 46', 7, 10],
  ['39', 6, 11],
  ['43 49', 6, 13],
  ['44', 9, 10],
  ['52 53 54 55 58 63', 8, 11],
  ['60 62 81 82', 7, 11],
  ['65', 8, 8],
  ['86', 8, 11],
  ['91', 10, 10],
  ['93 95', 7, 10],
  [
    '211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299',
    6,
    10,
  ],
  [
    '350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389',
    6,
    11,
  ],
  ['420 421', 9, 9],
  ['423', 7, 9],
  ['500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596 597 598 599', 6, 10],
  ['670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692', 5, 9],
  ['800 850 852 853 855 856 870 878 880 881 882 883 886 888', 7, 11],
  ['960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998', 7, 10],
]

const byCode = new Map<string, readonly [number, number]>(
  lengths.flatMap(([codes, fewest, most]) => codes.split(' ').map((code) => [code, [fewest, most]] as const)),
)

/** True when the digits after a "+" are a known country code with a national number of fitting length. */
export function isInternational(digits: string): boolean {
  for (let length = 1; length <= 3; length += 1) {
    const range = byCode.get(digits.slice(0, length))
    const national = digits.length - length
    // A trunk zero in brackets, "+44 (0)20", adds one digit.
    if (range) return national >= range[0] && national <= range[1] + 1
  }
  return false
}
