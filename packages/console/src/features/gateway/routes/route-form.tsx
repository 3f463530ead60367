import {
  failureKinds,
  listModels,
  type ModelRoute,
  modelRoute,
  routeName,
  type RouteTimeouts,
} from '@ratchet/contract'
import { type ReactElement, useState } from 'react'
import { useCall } from '../../../api/use-call.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { Checkbox } from '../../../ui/controls/checkbox.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { TargetRows } from './target-rows.tsx'

const strategies = [
  { value: 'ordered', label: 'In order', note: 'the next one when one fails' },
  { value: 'weighted', label: 'By weight', note: 'drawn by share' },
  { value: 'latency', label: 'Fastest first', note: 'by time to the first token' },
  { value: 'cost', label: 'Cheapest first', note: 'by estimated tokens' },
  { value: 'load', label: 'Least busy first', note: 'by running calls' },
] as const
const stickies = [
  { value: 'none', label: 'No' },
  { value: 'session', label: 'By session' },
  { value: 'user', label: 'By user' },
] as const
const timeouts: readonly { readonly name: keyof RouteTimeouts; readonly label: string }[] = [
  { name: 'connectMs', label: 'Connect, ms' },
  { name: 'firstTokenMs', label: 'First token, ms' },
  { name: 'betweenTokensMs', label: 'Between tokens, ms' },
  { name: 'totalMs', label: 'All attempts, ms' },
]

/** The common parts of a route. Rules, worth, cascade and conditions are kept as they are; text edits those. */
export function RouteForm(props: {
  /** Undefined for a new one. */
  readonly route: ModelRoute | undefined
  readonly takenNames: readonly string[]
  readonly onCancel: () => void
  readonly onReview: (route: ModelRoute) => void
}): ReactElement {
  const models = useCall(listModels, {})
  const [route, setRoute] = useState<ModelRoute>(() => props.route ?? blankRoute())
  const isNew = props.route === undefined
  const change = (next: Partial<ModelRoute>): void => setRoute({ ...route, ...next })
  const nameProblem =
    route.name === ''
      ? undefined
      : props.takenNames.includes(route.name)
        ? `There is a route "${route.name}" already.`
        : routeName.safeParse(route.name).error?.issues[0]?.message
  const parsed = modelRoute.safeParse(route)
  const isReady =
    parsed.success && nameProblem === undefined && route.targets.every(({ model }) => model !== '')
  const isFixed = route.rules.length > 0 || route.worth !== undefined || route.cascade !== undefined
  return (
    <form
      className="flex max-w-180 flex-col gap-5"
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) props.onReview(parsed.data)
      }}
    >
      {isNew && (
        <Field label="Name" help="What clients write as model." problem={nameProblem}>
          <Input
            value={route.name}
            onChange={(name) => change({ name })}
            placeholder="chat"
            startsFocused
            mono
          />
        </Field>
      )}
      <div className="flex flex-wrap gap-4">
        <div className="flex flex-col gap-1">
          <span className="text-small font-medium text-muted">Who is asked first</span>
          <Select
            label="Who is asked first"
            value={route.strategy}
            options={strategies}
            onChange={(strategy) => change({ strategy })}
          />
        </div>
        <div className="flex flex-col gap-1">
          <span className="text-small font-medium text-muted">Stays with one target</span>
          <Select
            label="Stays with one target"
            value={route.sticky}
            options={stickies}
            onChange={(sticky) => change({ sticky })}
          />
        </div>
      </div>
      <TargetRows
        targets={route.targets}
        models={models.data?.items.flatMap(({ id, connection }) => (connection === 'app' ? [] : id)) ?? []}
        hasWeights={route.strategy === 'weighted'}
        onChange={(targets) => change({ targets })}
      />
      {isFixed && (
        <p className="text-small text-muted">
          The rules, worth or cascade of this route stay as they are. Change them with Edit as text.
        </p>
      )}
      <Fallback route={route} onChange={change} />
      <fieldset>
        <legend className="mb-1 text-small font-medium text-muted">
          Timeouts <span className="font-normal text-faint">(empty: those of the gateway)</span>
        </legend>
        <div className="grid grid-cols-2 gap-3 sm:grid-cols-4">
          {timeouts.map(({ name, label }) => (
            <Field key={name} label={label}>
              <Input
                type="number"
                value={route.timeouts[name] === undefined ? '' : String(route.timeouts[name])}
                onChange={(text) => {
                  const { [name]: _, ...rest } = route.timeouts
                  const value = Math.round(Number(text))
                  change({ timeouts: value > 0 ? { ...rest, [name]: value } : rest })
                }}
              />
            </Field>
          ))}
        </div>
      </fieldset>
      <div className="flex gap-2">
        <Button kind="primary" type="submit" disabled={!isReady}>
          Review changes
        </Button>
        <Button kind="quiet" onClick={props.onCancel}>
          {isNew ? 'Cancel' : 'Discard changes'}
        </Button>
      </div>
    </form>
  )
}

function Fallback(props: {
  readonly route: ModelRoute
  readonly onChange: (next: Partial<ModelRoute>) => void
}): ReactElement {
  const { fallbackOn, retries } = props.route
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-small font-medium text-muted">The next target is asked after</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        {failureKinds.map((kind) => (
          <Checkbox
            key={kind}
            checked={fallbackOn.includes(kind)}
            onChange={(isOn) =>
              props.onChange({
                fallbackOn: failureKinds.filter((each) => (each === kind ? isOn : fallbackOn.includes(each))),
              })
            }
          >
            {kind.replace('-', ' ')}
          </Checkbox>
        ))}
      </div>
      <div className="w-52">
        <Field label="Tries at one target after the first">
          <Input
            type="number"
            value={String(retries.attempts)}
            onChange={(text) =>
              props.onChange({
                retries: { ...retries, attempts: Math.min(10, Math.max(0, Math.round(Number(text) || 0))) },
              })
            }
          />
        </Field>
      </div>
    </fieldset>
  )
}

function blankRoute(): ModelRoute {
  return {
    ...modelRoute.parse({ name: 'new', targets: [{ model: 'a/b' }] }),
    name: '',
    targets: [{ model: '', weight: 1 }],
  }
}
