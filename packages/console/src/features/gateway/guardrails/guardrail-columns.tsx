import type { GatewayConfig, Guardrail } from '@ratchet/contract'
import { Badge } from '../../../ui/states/badge.tsx'
import type { Column } from '../../../ui/table/column.ts'
import { placesOf, placeWords, ruleWords, usesOf } from './guardrail-words.ts'

/** Columns of the guardrail list. */
export function guardrailColumns(config: GatewayConfig): readonly Column<Guardrail>[] {
  return [
    {
      id: 'name',
      header: 'Name',
      width: { min: 110, share: 1 },
      cell: ({ name }) => <span className="font-medium">{name}</span>,
    },
    {
      id: 'rules',
      header: 'Rules',
      width: { min: 150, share: 3 },
      cell: ({ rules }) => <span className="text-muted">{rules.map(ruleWords).join('; ')}</span>,
    },
    {
      id: 'places',
      header: 'Reads',
      width: 220,
      hideBelowPx: 760,
      cell: (guardrail) => (
        <span className="flex gap-1">
          {placesOf(guardrail).map((place) => (
            <Badge key={place}>{placeWords[place]}</Badge>
          ))}
        </span>
      ),
    },
    {
      id: 'applies',
      header: 'Applies to',
      width: { min: 120, share: 1 },
      hideBelowPx: 560,
      cell: ({ name }) => {
        const { everywhere, routes } = usesOf(config, name)
        if (everywhere) return 'every request'
        return routes.length === 0 ? <span className="text-warn">nothing yet</span> : routes.join(', ')
      },
    },
  ]
}
