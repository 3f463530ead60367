import { budget, limitScopes, rateLimit, slug } from '@ratchet/contract'
import { type ReactElement, useState } from 'react'
import { Button } from '../../../ui/controls/button.tsx'
import { Field } from '../../../ui/controls/field.tsx'
import { Input } from '../../../ui/controls/input.tsx'
import { Select } from '../../../ui/controls/select.tsx'
import { formatCompact } from '../../../ui/numbers/format-number.ts'
import { Dialog } from '../../../ui/overlays/dialog.tsx'
import { allowanceWords, type LimitItem, scopeWords } from './limit-words.ts'

const measures = [
  { value: 'requests', label: 'Requests' },
  { value: 'tokens', label: 'Tokens' },
  { value: 'cost', label: 'US dollars' },
  { value: 'concurrency', label: 'Requests at a time' },
] as const
const windows = [
  { value: '60', label: 'per minute' },
  { value: '3600', label: 'per hour' },
  { value: '86400', label: 'per day' },
] as const
const periods = [
  { value: 'day', label: 'per day' },
  { value: 'month', label: 'per month' },
] as const
const actions = [
  { value: 'stop', label: 'Refuse calls when it is spent' },
  { value: 'warn', label: 'Warn only' },
] as const
const unpricedChoices = [
  { value: 'allow', label: 'Let them pass, counted as nothing' },
  { value: 'block', label: 'Refuse them' },
] as const

/** Adds or changes a limit or budget; the change is then shown against what is live before it is saved. */
export function LimitDialog(props: {
  readonly start: LimitItem
  readonly isNew: boolean
  readonly takenNames: readonly string[]
  readonly onClose: () => void
  readonly onReview: (limit: LimitItem) => void
}): ReactElement {
  const [limit, setLimit] = useState<LimitItem>(props.start)
  const { kind, item } = limit
  const amount = kind === 'budget' ? limit.item.limitUsd : limit.item.limit
  const [amountText, setAmountText] = useState(props.isNew ? '' : String(amount))
  const [warnText, setWarnText] = useState(
    kind === 'budget' ? limit.item.warnAt.map((share) => String(Math.round(share * 100))).join(', ') : '',
  )
  const change = (next: object): void => {
    if (limit.kind === 'budget') setLimit({ kind: 'budget', item: { ...limit.item, ...next } })
    else setLimit({ kind: 'limit', item: { ...limit.item, ...next } })
  }
  const nameProblem =
    item.name === ''
      ? undefined
      : props.takenNames.includes(item.name)
        ? `There is a ${kind} "${item.name}" already.`
        : slug.safeParse(item.name).success
          ? undefined
          : 'Use 1 to 64 lower-case letters, digits and "-", starting with a letter or digit.'
  const warnAt = warnText
    .split(/[,\s]+/)
    .filter((text) => text !== '')
    .map((text) => Number(text.replace('%', '')) / 100)
  const warnProblem =
    kind === 'budget' && warnAt.some((share) => !(share > 0 && share <= 10))
      ? 'Write percents such as 50, 80.'
      : undefined
  const isAmount = amountText.trim() !== '' && Number(amountText) >= 0
  const parsed = (kind === 'budget' ? budget : rateLimit).safeParse(item)
  const isInRange =
    parsed.error?.issues.some(({ path }) => path[0] === 'limit' || path[0] === 'limitUsd') !== true
  const amountProblem =
    amountText.trim() === '' || (isAmount && isInRange)
      ? undefined
      : `From 0 to ${formatCompact(kind === 'budget' ? 1e9 : 1e12)}.`
  const isReady = parsed.success && nameProblem === undefined && warnProblem === undefined && isAmount
  const submit = (): void => {
    if (limit.kind === 'budget') props.onReview({ kind: 'budget', item: { ...limit.item, warnAt } })
    else props.onReview(limit)
  }
  return (
    <Dialog
      open
      onClose={props.onClose}
      title={props.isNew ? `Add ${kind}` : `Change ${kind} ${item.name}`}
      about={
        kind === 'budget'
          ? 'Money that may be spent in a day or month, counted in UTC.'
          : 'How much may be asked in a window of time. Calls above it get 429 with the time to wait.'
      }
      actions={
        <>
          <Button kind="quiet" onClick={props.onClose}>
            Cancel
          </Button>
          <Button kind="primary" type="submit" form="limit" disabled={!isReady}>
            Review changes
          </Button>
        </>
      }
    >
      <form
        id="limit"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault()
          if (isReady) submit()
        }}
      >
        {props.isNew && (
          <Field label="Name" problem={nameProblem}>
            <Input
              value={item.name}
              onChange={(name) => change({ name })}
              placeholder={kind === 'budget' ? 'november' : 'website-rate'}
              startsFocused
            />
          </Field>
        )}
        <div className="flex flex-wrap items-end gap-3">
          <Labelled label="Counted for">
            <Select
              label="Counted for"
              value={item.scope}
              options={limitScopes.map((scope) => ({ value: scope, label: scopeWords({ scope }) }))}
              onChange={(scope) => change({ scope })}
            />
          </Labelled>
          {item.scope !== 'project' && (
            <div className="min-w-40 flex-1">
              <Field label={`Only this ${item.scope}`} optional>
                <Input
                  value={item.match ?? ''}
                  onChange={(match) => change({ match: match === '' ? undefined : match })}
                  placeholder={`every ${item.scope} for itself`}
                />
              </Field>
            </div>
          )}
        </div>
        <div className={`flex flex-wrap gap-3 ${amountProblem === undefined ? 'items-end' : 'items-center'}`}>
          <div className="w-28">
            <Field label={kind === 'budget' ? 'US dollars' : 'At most'} problem={amountProblem}>
              <Input
                type="number"
                value={amountText}
                onChange={(text) => {
                  setAmountText(text)
                  change(kind === 'budget' ? { limitUsd: Number(text) } : { limit: Number(text) })
                }}
              />
            </Field>
          </div>
          {limit.kind === 'limit' ? (
            <>
              <Select
                label="Measure"
                value={limit.item.measure}
                options={measures}
                onChange={(measure) => change({ measure })}
              />
              {limit.item.measure !== 'concurrency' && (
                <Select
                  label="Window"
                  value={String(limit.item.windowSeconds)}
                  options={
                    windows.some(({ value }) => value === String(limit.item.windowSeconds))
                      ? windows
                      : [
                          ...windows,
                          {
                            value: String(limit.item.windowSeconds),
                            label: `per ${String(limit.item.windowSeconds)} s`,
                          },
                        ]
                  }
                  onChange={(seconds) => change({ windowSeconds: Number(seconds) })}
                />
              )}
            </>
          ) : (
            <Select
              label="Period"
              value={limit.item.period}
              options={periods}
              onChange={(period) => change({ period })}
            />
          )}
        </div>
        {limit.kind === 'budget' && (
          <>
            <Labelled label="When it is spent">
              <Select
                label="When it is spent"
                value={limit.item.action}
                options={actions}
                onChange={(action) => change({ action })}
              />
            </Labelled>
            <Field label="Warn at, percent" optional problem={warnProblem}>
              <Input value={warnText} onChange={setWarnText} placeholder="50, 80" />
            </Field>
          </>
        )}
        {(limit.kind === 'budget' || limit.item.measure === 'cost') && (
          <Labelled label="Calls without a known price">
            <Select
              label="Calls without a known price"
              value={item.unpriced}
              options={unpricedChoices}
              onChange={(unpriced) => change({ unpriced })}
            />
          </Labelled>
        )}
        {isReady && (
          <p className="text-small text-muted">
            {allowanceWords(limit)}, for {scopeWords(item)}.
          </p>
        )}
      </form>
    </Dialog>
  )
}

function Labelled(props: { readonly label: string; readonly children: ReactElement }): ReactElement {
  return (
    <div className="flex flex-col items-start gap-1">
      <span className="text-small font-medium text-muted">{props.label}</span>
      {props.children}
    </div>
  )
}

/** What a new one begins with. */
export function blankLimit(kind: LimitItem['kind']): LimitItem {
  return kind === 'budget'
    ? {
        kind,
        item: { ...budget.parse({ name: 'new', scope: 'project', period: 'month', limitUsd: 0 }), name: '' },
      }
    : {
        kind,
        item: { ...rateLimit.parse({ name: 'new', scope: 'key', measure: 'requests', limit: 0 }), name: '' },
      }
}
