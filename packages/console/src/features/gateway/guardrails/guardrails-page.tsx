import { getGatewayConfig, type Guardrail } from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { Plus } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCall } from '../../../api/use-call.ts'
import { useMay } from '../../../app/me-context.ts'
import { Button } from '../../../ui/controls/button.tsx'
import { formatQuantity } from '../../../ui/numbers/format-number.ts'
import { Drawer } from '../../../ui/overlays/drawer.tsx'
import { PageHead } from '../../../ui/page-head.tsx'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { DataTable } from '../../../ui/table/data-table.tsx'
import { putItem, removeItem } from '../config/edit-section.ts'
import { EditText } from '../config/edit-text.tsx'
import { type ConfigEdit, SaveConfigDialog } from '../config/save-config-dialog.tsx'
import { guardrailColumns } from './guardrail-columns.tsx'
import { GuardrailDetail } from './guardrail-detail.tsx'
import { guardrailTemplate } from './guardrail-words.ts'
import { TryBox } from './try-box.tsx'

const page = getRouteApi('/gateway/guardrails')
type Change = { readonly title: string; readonly edit: ConfigEdit }

/** Guardrails: which there are, where they apply, and what they make of a text. */
export function GuardrailsPage(): ReactElement {
  const search = page.useSearch()
  const go = page.useNavigate()
  const mayWrite = useMay('gateway:write')
  const stored = useCall(getGatewayConfig, {}, { pollMs: 15_000 })
  const [change, setChange] = useState<Change>()
  const config = stored.data?.config
  const rows = config?.guardrails
  const columns = useMemo(() => (config === undefined ? [] : guardrailColumns(config)), [config])
  const setSearch = (next: Partial<typeof search>): void =>
    void go({ search: (previous) => ({ ...previous, ...next }) })
  const open = rows?.find(({ name }) => name === search.guardrail)
  const isWriting = search.edit === 'true' && (open !== undefined || search.guardrail === undefined)
  const everywhere = (name: string, isOn: boolean): void =>
    setChange({
      title: isOn ? `Apply ${name} to every request` : `Apply ${name} only where routes name it`,
      edit: (now) => {
        const others = now.defaults.guardrails.filter((one) => one !== name)
        return { ...now, defaults: { ...now.defaults, guardrails: isOn ? [...others, name] : others } }
      },
    })
  const review = (guardrail: Guardrail): void =>
    setChange({
      title: `${open === undefined ? 'Add' : 'Change'} guardrail ${guardrail.name}`,
      edit: putItem('guardrails', guardrail, open?.name),
    })
  const add = (
    <Button
      kind="primary"
      icon={<Plus size={14} aria-hidden />}
      disabled={!mayWrite}
      onClick={() => setSearch({ edit: 'true', guardrail: undefined })}
    >
      Add guardrail
    </Button>
  )
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col overflow-y-auto">
        <PageHead
          title="Guardrails"
          answer={
            config === undefined
              ? undefined
              : `${formatQuantity(config.guardrails.length, 'guardrail')}, ${config.defaults.guardrails.length === 0 ? 'none' : config.defaults.guardrails.join(', ')} on every request`
          }
          actions={!isWriting && add}
        />
        {stored.error !== null && config === undefined ? (
          <div className="p-6">
            <ErrorState
              problem={toProblem(stored.error, 'The guardrails could not be loaded')}
              onRetry={() => void stored.refetch()}
            />
          </div>
        ) : isWriting ? (
          <div className="flex max-w-240 flex-col px-4 pb-6 md:px-6">
            <EditText
              section="guardrails"
              item={open ?? guardrailTemplate}
              onCancel={() => setSearch({ edit: undefined })}
              onReview={({ guardrails }) => {
                if (guardrails[0] !== undefined) review(guardrails[0])
              }}
            />
          </div>
        ) : (
          <>
            <DataTable
              label="Guardrails"
              columns={columns}
              rows={rows}
              rowKey={({ name }) => name}
              rowHeightPx={40}
              selectedKey={search.guardrail}
              onSelect={({ name }) => setSearch({ guardrail: name })}
              onOpen={({ name }) => setSearch({ guardrail: name })}
              unbounded
              empty={
                <EmptyState
                  title="No guardrails yet"
                  command="npx ratchet apply -f gateway.yaml"
                  action={mayWrite ? add : undefined}
                >
                  A guardrail reads what is asked, what tools give back and what is answered. It blocks,
                  redacts, flags or asks again. Most detectors run inside the gateway, without another
                  service.
                </EmptyState>
              }
            />
            <div className="px-4 py-5 md:px-6">
              <TryBox
                names={rows?.map(({ name }) => name) ?? []}
                name={search.try ?? search.guardrail}
                place={search.place ?? 'input'}
                onChoose={({ name, place }) =>
                  setSearch({
                    ...(name === undefined ? {} : { try: name }),
                    ...(place === undefined ? {} : { place }),
                  })
                }
              />
            </div>
          </>
        )}
      </div>
      {open !== undefined && config !== undefined && !isWriting && (
        <Drawer
          label="Guardrail"
          name="guardrail"
          title={open.name}
          onClose={() => setSearch({ guardrail: undefined })}
        >
          <GuardrailDetail
            guardrail={open}
            config={config}
            mayWrite={mayWrite}
            onEverywhere={(isOn) => everywhere(open.name, isOn)}
            onEdit={() => setSearch({ edit: 'true' })}
            onRemove={() =>
              setChange({
                title: `Remove guardrail ${open.name}?`,
                edit: removeItem('guardrails', open.name),
              })
            }
          />
        </Drawer>
      )}
      {change !== undefined && (
        <SaveConfigDialog
          title={change.title}
          note={change.title.replace('?', '')}
          edit={change.edit}
          onClose={() => setChange(undefined)}
          onSaved={() => setSearch({ edit: undefined })}
        />
      )}
    </div>
  )
}
