import { readFileSync } from 'node:fs'

/**
 * Passed and failed tests of a vitest JSON report. A file that does not load has no failed test in it, but
 * is a failure; no report at all (the runner itself failed) counts nothing: its exit code tells.
 */
export function readCounts(path) {
  let report
  try {
    report = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // Missing or cut short: the runner was killed.
    return { passed: 0, failed: 0 }
  }
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  )
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length }
}
