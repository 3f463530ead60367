/** Conditions on metrics, as in `token-f1 >= 0.4 and groundedness.low > 0.8`: parsing, and judging with actual values. */
export { parseThreshold, type Threshold, type Comparison } from './parse-threshold.ts'
export { judgeThreshold, type ThresholdResult, type CheckedComparison } from './judge-threshold.ts'
