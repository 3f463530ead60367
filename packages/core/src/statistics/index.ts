/**
 * Statistics for judging and releasing: intervals, paired comparisons, multiple-testing corrections
 * and the seeded randomness they need. Everything here is a pure function of its arguments; formulas
 * carry their source and are tested against published vectors.
 */
export { makeRandom, randomInteger, shuffled, type Random } from './random.ts'
export { normalCdf, normalQuantile } from './normal.ts'
export { studentTCdf, studentTQuantile } from './student-t.ts'
export { wilsonInterval, type Interval } from './wilson-interval.ts'
export { estimateMean, type MeanEstimate } from './estimate-mean.ts'
export { comparePaired, type PairedComparison } from './compare-paired.ts'
export { signFlipTest, type SignFlipResult } from './sign-flip-test.ts'
export { mcnemarTest, type McnemarResult } from './mcnemar-test.ts'
export { adjustHolm, adjustBenjaminiHochberg } from './adjust-p-values.ts'
export { bootstrapClusters, type BootstrapResult } from './bootstrap-clusters.ts'
export { percentile } from './percentile.ts'
