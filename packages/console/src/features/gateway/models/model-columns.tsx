import type { Model, ModelPrice, TargetTraffic } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { CopyButton } from '../../../ui/code/copy-button.tsx'
import { formatCompact, formatCostNano, formatDuration } from '../../../ui/numbers/format-number.ts'
import { abilityWords } from './ability-words.ts'
import { Badge } from '../../../ui/states/badge.tsx'
import type { Column } from '../../../ui/table/column.ts'

/** Columns of the model list: name as callers write it, kind, prices for a million tokens, and what was asked of it. */
export function modelColumns(targets: readonly TargetTraffic[] | undefined): readonly Column<Model>[] {
  const trafficOf = (id: string): TargetTraffic | undefined =>
    targets?.find((target) => `${target.connection}/${target.model}` === id)
  return [
    {
      id: 'name',
      header: 'Model',
      width: { min: 150, share: 3 },
      cell: (model) => (
        <span className="flex min-w-0 items-center gap-1" title={model.id}>
          <span className="truncate font-mono text-small">{model.id}</span>
          <CopyButton text={model.id} label={`Copy ${model.id}`} />
        </span>
      ),
    },
    {
      id: 'kind',
      header: 'Kind',
      width: 96,
      hideBelowPx: 620,
      cell: (model) => <Badge>{model.kind}</Badge>,
    },
    {
      id: 'abilities',
      header: 'Can',
      width: { min: 150, share: 5 },
      hideBelowPx: 760,
      cell: (model) => <Abilities model={model} />,
    },
    {
      id: 'input',
      header: 'Input, 1M',
      width: 84,
      align: 'end',
      cell: (model) => <Price price={model.price} pick={({ inputNano }) => inputNano} />,
    },
    {
      id: 'output',
      header: 'Output, 1M',
      width: 84,
      align: 'end',
      cell: (model) => <Price price={model.price} pick={({ outputNano }) => outputNano} />,
    },
    {
      id: 'cached',
      header: 'Cached, 1M',
      width: 92,
      align: 'end',
      hideBelowPx: 1000,
      cell: (model) => <Price price={model.price} pick={({ cachedInputNano }) => cachedInputNano} />,
    },
    {
      id: 'calls',
      header: 'Calls, 1 h',
      width: 76,
      align: 'end',
      hideBelowPx: 900,
      cell: (model) => formatCompact(trafficOf(model.id)?.calls ?? (targets === undefined ? undefined : 0)),
    },
    {
      id: 'latency',
      header: 'p50',
      width: 76,
      align: 'end',
      hideBelowPx: 1080,
      cell: (model) => formatDuration(trafficOf(model.id)?.p50Ms),
    },
    {
      id: 'note',
      header: 'Note',
      width: { min: 120, share: 2 },
      hideBelowPx: 1280,
      cell: (model) => <span className="text-muted">{model.note ?? sourceWords(model.price)}</span>,
    },
  ]
}

/** What tells models apart; streaming is what all chats do. In full, with what is missing, on hover. */
function Abilities({ model }: { readonly model: Model }): ReactElement {
  const shown = model.abilities.filter((ability) => ability !== 'streaming')
  const lacks = model.lacks.map((ability) => abilityWords[ability])
  const full = [
    model.abilities.map((ability) => abilityWords[ability]).join(', '),
    ...(lacks.length === 0 ? [] : [`Not: ${lacks.join(', ')}`]),
    ...(model.maxOutputTokens === undefined
      ? []
      : [`Answers of up to ${formatCompact(model.maxOutputTokens)} tokens`]),
  ].join('\n')
  if (shown.length === 0)
    return (
      <span className="text-faint" title={full}>
        {model.abilities.length === 0 ? 'not known' : 'streaming'}
      </span>
    )
  return (
    <span className="truncate text-small text-muted" title={full}>
      {shown.map((ability) => abilityWords[ability]).join(', ')}
    </span>
  )
}

function Price(props: {
  readonly price: ModelPrice | undefined
  readonly pick: (price: ModelPrice) => number | undefined
}): ReactElement {
  const nano = props.price === undefined ? undefined : props.pick(props.price)
  if (nano === undefined) return <span className="text-faint">–</span>
  return <span>{formatCostNano(nano)}</span>
}

/** Where a price comes from. */
function sourceWords(price: ModelPrice | undefined): string {
  if (price === undefined) return 'price not known'
  const tiers = price.tiers === undefined || price.tiers.length === 0 ? '' : ', dearer for long inputs'
  return `${price.source === 'override' ? 'your own price' : (price.source ?? '')}${tiers}`
}
