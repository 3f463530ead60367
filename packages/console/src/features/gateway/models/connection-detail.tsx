import { type Connection, type Model, providerTable, type TargetTraffic } from '@ratchet/contract'
import { ExternalLink, Trash2 } from 'lucide-react'
import { type ReactElement, type ReactNode, useMemo, useState } from 'react'
import { CommandLine } from '../../../ui/code/command-line.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { Badge } from '../../../ui/states/badge.tsx'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { LastTest, originWords } from './connection-columns.tsx'
import { ConnectionKeys } from './connection-keys.tsx'
import { modelColumns } from './model-columns.tsx'
import { chatFactsOf, endpointsOf } from './provider-words.ts'
import { RemoveConnectionDialog } from './remove-connection-dialog.tsx'

/** One connection: whether it answers, its keys, what it can do, its models. */
export function ConnectionDetail(props: {
  readonly connection: Connection
  readonly models: readonly Model[] | undefined
  readonly targets: readonly TargetTraffic[] | undefined
  readonly mayWrite: boolean
  readonly isTesting: boolean
  readonly onTest: () => void
  readonly onRemoved: () => void
}): ReactElement {
  const { connection } = props
  const [isRemoving, setIsRemoving] = useState(false)
  const info = providerTable[connection.provider]
  const columns = useMemo(() => modelColumns(props.targets), [props.targets])
  const models = props.models?.filter((model) => model.connection === connection.name)
  const settings = Object.entries(connection.settings)
  return (
    <div className="flex flex-col gap-6 px-4 py-4">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1">
          <LastTest connection={connection} />
        </div>
        <Button busy={props.isTesting} disabled={!props.mayWrite} onClick={props.onTest}>
          Test connection
        </Button>
      </div>
      <dl>
        <Fact name="Provider">
          <a
            href={info.docs}
            target="_blank"
            rel="noopener noreferrer"
            className="inline-flex items-center gap-1 hover:underline"
          >
            {info.label} <ExternalLink size={12} className="text-faint" aria-hidden />
          </a>
        </Fact>
        <Fact name="Address">
          <span className="font-mono text-small break-all">{connection.baseUrl ?? 'in this process'}</span>
          {connection.allowPrivate && (
            <span className="text-small text-faint"> (private addresses allowed)</span>
          )}
        </Fact>
        {settings.map(([name, value]) => (
          <Fact key={name} name={name}>
            <span className="font-mono text-small break-all">{value}</span>
          </Fact>
        ))}
        <Fact name="Origin">{originWords[connection.origin]}</Fact>
      </dl>
      {connection.origin !== 'built-in' && (
        <ConnectionKeys connection={connection} mayWrite={props.mayWrite} />
      )}
      <Abilities connection={connection} />
      <section aria-label="Models" className="flex flex-col gap-2">
        <h2 className="font-medium">Models</h2>
        <div className="-mx-4 border-y border-line">
          <DataTable
            label={`Models of ${connection.name}`}
            columns={columns}
            rows={models}
            rowKey={(model) => model.id}
            unbounded
            empty={
              <p className="py-4 text-muted">
                None known yet. Test the connection to read them; any model can be called as{' '}
                <span className="font-mono text-small">{connection.name}/…</span> meanwhile.
              </p>
            }
          />
        </div>
      </section>
      {connection.origin === 'stored' && (
        <section aria-label="Remove" className="flex flex-col items-start gap-2">
          <CommandLine command={`npx ratchet connections test ${connection.name}`} />
          <Button
            kind="danger"
            icon={<Trash2 size={13} aria-hidden />}
            disabled={!props.mayWrite}
            onClick={() => setIsRemoving(true)}
          >
            Remove connection
          </Button>
        </section>
      )}
      {isRemoving && (
        <RemoveConnectionDialog
          connection={connection}
          onClose={() => setIsRemoving(false)}
          onRemoved={props.onRemoved}
        />
      )}
    </div>
  )
}

function Abilities(props: { readonly connection: Connection }): ReactElement {
  const { can, cannot } = chatFactsOf(props.connection.provider)
  const badges = (words: readonly string[]): ReactElement[] =>
    words.map((word) => <Badge key={word}>{word}</Badge>)
  return (
    <section aria-label="Abilities" className="flex flex-col gap-2">
      <h2 className="font-medium">What it can be asked</h2>
      <p className="flex flex-wrap gap-1.5">{badges(endpointsOf(props.connection.provider))}</p>
      {can.length > 0 && <p className="text-small text-muted">Chats know {can.join(', ')}.</p>}
      {cannot.length > 0 && (
        <p className="text-small text-muted">
          Not {cannot.join(', ')}: a request that asks for it is refused, or goes without when its route says
          dropUnsupported.
        </p>
      )}
    </section>
  )
}

function Fact(props: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-4 border-b border-line py-1">
      <dt className="w-24 shrink-0 text-muted">{props.name}</dt>
      <dd className="min-w-0 flex-1">{props.children}</dd>
    </div>
  )
}
