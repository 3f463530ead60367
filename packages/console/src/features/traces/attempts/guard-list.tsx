import type { ReactElement } from 'react'
import { State, type Tone } from '../../../ui/states/state.tsx'
import type { GuardResult } from './read-attempts.ts'

const tones: Readonly<Record<string, Tone>> = {
  passed: 'ok',
  flagged: 'warn',
  redacted: 'warn',
  'asked-again': 'warn',
  blocked: 'bad',
}
const places: Readonly<Record<string, string>> = {
  input: 'Input',
  'tool-result': 'Tool results',
  output: 'Output',
}

/** What guardrails saw of a call: a verdict for each place, what was found, and what nobody could read. */
export function GuardList(props: { readonly guards: readonly GuardResult[] }): ReactElement | undefined {
  if (props.guards.length === 0) return undefined
  return (
    <div className="min-w-0">
      <h3 className="mb-1 text-small font-medium text-muted">Guardrails</h3>
      <ul className="rounded-control border border-line">
        {props.guards.map((guard) => (
          <li
            key={guard.spanId}
            className="flex flex-col gap-1 border-b border-line px-3 py-2 last:border-b-0"
          >
            <span className="flex items-center gap-3">
              <span className="font-medium">{places[guard.place] ?? guard.place}</span>
              <State tone={tones[guard.verdict] ?? 'neutral'}>{guard.verdict}</State>
            </span>
            {guard.findings.map((finding) => (
              <span
                key={`${finding.guardrail} ${finding.rule} ${finding.detector} ${finding.kind}`}
                className="text-small"
              >
                {finding.kind}
                {finding.count > 1 && ` × ${String(finding.count)}`}
                <span className="text-muted">
                  {' '}
                  by {finding.detector}, rule {finding.rule} of {finding.guardrail} ({finding.action})
                  {finding.detail !== '' && `: ${finding.detail}`}
                </span>
              </span>
            ))}
            {guard.notScanned.length > 0 && (
              <span className="text-small text-warn">Not scanned: {guard.notScanned.join(', ')}</span>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}
