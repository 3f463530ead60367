import { leanItem, type ConfigProblem, type GatewayConfig, planGatewayConfig } from '@ratchet/contract'
import { type ReactElement, useMemo, useState } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCallMutation } from '../../../api/use-call.ts'
import { TextEditor } from '../../../ui/code/text-editor.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { printYaml } from './print-yaml.ts'
import { ProblemList } from './problem-list.tsx'
import type { NamedSection } from './edit-section.ts'

/** One item of the configuration as text: everything that can be said about it, not only what the form knows. */
export function EditText(props: {
  readonly section: NamedSection
  readonly item: unknown
  readonly onCancel: () => void
  /** The text as a configuration that holds this one item. */
  readonly onReview: (config: GatewayConfig) => void
}): ReactElement {
  const { section, item } = props
  const initial = useMemo(() => printYaml(leanItem(section, item)), [section, item])
  const [text, setText] = useState(initial)
  const [problems, setProblems] = useState<readonly ConfigProblem[]>([])
  const plan = useCallMutation(planGatewayConfig, [])
  const review = (): void =>
    plan.mutate(
      { body: { text: asFile(section, text) } },
      {
        onSuccess: (planned) => {
          if (planned.config === undefined || planned.config[section].length !== 1) {
            const many = { severity: 'error' as const, path: section, message: 'Write exactly one item.' }
            setProblems(planned.config === undefined ? planned.problems : [many])
          } else {
            setProblems([])
            props.onReview(planned.config)
          }
        },
      },
    )
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3">
      <div className="h-[min(56vh,520px)] shrink-0">
        <TextEditor initial={initial} language="yaml" label={`Text of ${section}`} onChange={setText} />
      </div>
      <ProblemList problems={problems} lineShift={1} />
      {plan.error !== null && <ErrorState problem={toProblem(plan.error, 'The text could not be read')} />}
      <div className="flex flex-wrap items-center gap-2">
        <Button kind="primary" busy={plan.isPending} onClick={review}>
          Review changes
        </Button>
        <Button kind="quiet" onClick={props.onCancel}>
          Discard changes
        </Button>
        <span className="text-small text-faint">YAML or JSON, as in gateway.yaml.</span>
      </div>
    </div>
  )
}

/** The text of one item as a whole file: a list of one. */
export function asFile(section: string, text: string): string {
  const [first = '', ...rest] = text.replace(/^\n+/, '').split('\n')
  return `${section}:\n  - ${[first, ...rest.map((line) => (line === '' ? '' : `    ${line}`))].join('\n')}`
}
