import { Field as BaseField } from '@base-ui/react/field'
import type { ReactElement, ReactNode } from 'react'

/** Label above, control, then either help or the problem with the value. Wires the accessible names. */
export function Field(props: {
  readonly label: string
  readonly help?: ReactNode
  readonly problem?: string | undefined
  readonly optional?: boolean
  readonly children: ReactNode
}): ReactElement {
  return (
    <BaseField.Root className="flex flex-col gap-1" invalid={props.problem !== undefined}>
      <BaseField.Label className="text-small font-medium text-muted">
        {props.label}
        {props.optional === true && <span className="font-normal text-faint"> (optional)</span>}
      </BaseField.Label>
      {props.children}
      {props.problem === undefined ? (
        props.help !== undefined && (
          <BaseField.Description className="text-small text-faint">{props.help}</BaseField.Description>
        )
      ) : (
        <BaseField.Error match className="text-small text-bad">
          {props.problem}
        </BaseField.Error>
      )}
    </BaseField.Root>
  )
}
