import { type GatewayConfig, type Guardrail, isRemoteDetector } from '@ratchet/contract'
import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { Button } from '../../../ui/controls/button.tsx'
import { Switch } from '../../../ui/controls/switch.tsx'
import { Badge } from '../../../ui/states/badge.tsx'
import { printYaml } from '../config/print-yaml.ts'
import { placeWords, ruleWords, usesOf } from './guardrail-words.ts'

/** One guardrail: where it applies, and its rules in the order in which they are applied. */
export function GuardrailDetail(props: {
  readonly guardrail: Guardrail
  readonly config: GatewayConfig
  readonly mayWrite: boolean
  readonly onEverywhere: (isOn: boolean) => void
  readonly onEdit: () => void
  readonly onRemove: () => void
}): ReactElement {
  const { guardrail } = props
  const { everywhere, routes } = usesOf(props.config, guardrail.name)
  return (
    <div className="flex flex-col gap-5 px-4 py-4">
      <section aria-label="Where it applies" className="flex flex-col gap-2">
        <Switch checked={everywhere} onChange={props.onEverywhere} disabled={!props.mayWrite}>
          Applies to every request
        </Switch>
        <p className="text-muted">
          {routes.length === 0 ? (
            everywhere ? (
              'Routes need not name it.'
            ) : (
              <>
                No route names it, so it does nothing yet. Write{' '}
                <span className="font-mono text-small">guardrails: [{guardrail.name}]</span> in a route, or
                let it apply to every request.
              </>
            )
          ) : (
            <>
              Named by{' '}
              {routes.map((name, index) => (
                <span key={name}>
                  {index > 0 && ', '}
                  <Link to="/gateway/routes/$name" params={{ name }} className="text-accent underline">
                    {name}
                  </Link>
                </span>
              ))}
            </>
          )}
        </p>
      </section>
      <ol className="flex flex-col gap-3">
        {guardrail.rules.map((rule) => (
          <li key={rule.name} className="rounded-control border border-line">
            <div className="flex flex-wrap items-center gap-2 border-b border-line px-3 py-1.5">
              <h2 className="font-medium">{rule.name}</h2>
              <span className="min-w-0 flex-1 text-muted">{ruleWords(rule)}</span>
              {rule.on.map((place) => (
                <Badge key={place}>{placeWords[place]}</Badge>
              ))}
            </div>
            <div className="flex flex-col gap-1 px-3 py-2">
              {rule.detectors.map((detector, index) => (
                <pre
                  key={`${String(index)}-${detector.type}`}
                  className="overflow-x-auto font-mono text-small whitespace-pre-wrap"
                >
                  {printYaml(withoutEmpty(detector)).trimEnd()}
                  {isRemoteDetector(detector) && <span className="text-faint"> # asks another service</span>}
                </pre>
              ))}
              {rule.on.includes('output') && (
                <p className="text-small text-muted">Streamed answers: {streamingWords[rule.streaming]}.</p>
              )}
              {rule.message !== undefined && <p className="text-small">“{rule.message}”</p>}
            </div>
          </li>
        ))}
      </ol>
      <div className="flex flex-wrap gap-2">
        <Button disabled={!props.mayWrite} onClick={props.onEdit}>
          Edit as text
        </Button>
        <Button kind="danger" disabled={!props.mayWrite} onClick={props.onRemove}>
          Remove guardrail
        </Button>
      </div>
    </div>
  )
}

const streamingWords = {
  buffer: 'held back until all of it was checked',
  window: 'only what could still become a match is held back',
  observe: 'sent at once and checked afterwards',
} as const

function withoutEmpty(detector: object): object {
  return Object.fromEntries(
    Object.entries(detector).filter(([, value]) => !(Array.isArray(value) && value.length === 0)),
  )
}
