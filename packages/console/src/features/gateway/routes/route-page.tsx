import {
  getGatewayConfig,
  getGatewayState,
  getGatewayTraffic,
  type ModelRoute,
  type RouteTraffic,
} from '@ratchet/contract'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { useScope } from '../../../api/api-context.ts'
import { toProblem } from '../../../api/problem.ts'
import { useCall } from '../../../api/use-call.ts'
import { useMay } from '../../../app/me-context.ts'
import { CopyButton } from '../../../ui/code/copy-button.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { IconButton } from '../../../ui/controls/icon-button.tsx'
import {
  formatCostNano,
  formatCount,
  formatPercent,
  formatQuantity,
} from '../../../ui/numbers/format-number.ts'
import { PageHead } from '../../../ui/page-head.tsx'
import { printValue } from '../../../ui/query/query-terms.ts'
import { EmptyState } from '../../../ui/states/empty-state.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { Skeleton } from '../../../ui/states/skeleton.tsx'
import { putItem, removeItem } from '../config/edit-section.ts'
import { EditText } from '../config/edit-text.tsx'
import { type ConfigEdit, SaveConfigDialog } from '../config/save-config-dialog.tsx'
import { RouteForm } from './route-form.tsx'
import { modelsOf } from './route-graph.ts'
import { RoutePicture } from './route-picture.tsx'
import type { GatewayState } from './target-breaker.ts'
import { TargetTable } from './target-table.tsx'

const page = getRouteApi('/gateway/routes/$name')
type Change = { readonly title: string; readonly edit: ConfigEdit; readonly name: string | undefined }

/** One route as a picture with live traffic; edited as a form or as text. */
export function RoutePage(): ReactElement {
  const { name } = page.useParams()
  const { edit } = page.useSearch()
  const go = page.useNavigate()
  const navigate = useNavigate()
  const { environment } = useScope()
  const mayWrite = useMay('gateway:write')
  const config = useCall(getGatewayConfig, {}, { pollMs: 15_000 })
  const traffic = useCall(getGatewayTraffic, { query: { environment } }, { pollMs: 5_000 })
  const state = useCall(getGatewayState, { query: { limit: 200 } }, { pollMs: 2_000 })
  const [change, setChange] = useState<Change>()
  const route = config.data?.config.routes.find((one) => one.name === name)
  const models = useMemo(() => (route === undefined ? [] : modelsOf(route)), [route])
  const setEdit = (next: typeof edit): void =>
    void go({ search: (previous) => ({ ...previous, edit: next }) })
  const openTraces = (model: string): void => {
    const slash = model.indexOf('/')
    const q = `connection:${printValue(model.slice(0, slash))} model:${printValue(model.slice(slash + 1))}`
    void navigate({ to: '/traces', search: { q, range: '1h' } })
  }
  if (route === undefined) {
    return (
      <div className="px-4 py-4 md:px-6">
        {config.data !== undefined ? (
          <EmptyState
            title={`There is no route ${name}`}
            action={
              <Link to="/gateway/routes" className="text-accent underline">
                Show all routes
              </Link>
            }
          >
            It may have been removed or renamed; the history of the configuration knows.
          </EmptyState>
        ) : config.error === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorState
            problem={toProblem(config.error, 'The route could not be loaded')}
            onRetry={() => void config.refetch()}
          />
        )}
      </div>
    )
  }
  const review = (next: ModelRoute): void =>
    setChange({ title: `Change route ${name}`, edit: putItem('routes', next, name), name: next.name })
  const own = traffic.data?.routes.find((one) => one.route === name)
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <PageHead
        tab={name}
        back={
          <Link to="/gateway/routes" className="hover:text-ink hover:underline">
            Routes
          </Link>
        }
        title={
          <span className="inline-flex items-center gap-1">
            <span className="font-mono">{name}</span>
            <CopyButton text={name} label="Copy the name of the route" />
          </span>
        }
        answer={<Answer traffic={own} isLoaded={traffic.data !== undefined} />}
        actions={
          edit === undefined && (
            <>
              <Button disabled={!mayWrite} onClick={() => setEdit('form')}>
                Edit route
              </Button>
              <Button disabled={!mayWrite} onClick={() => setEdit('text')}>
                Edit as text
              </Button>
              <IconButton
                label={`Remove route ${name}`}
                icon={<Trash2 size={14} />}
                disabled={!mayWrite}
                onClick={() =>
                  setChange({
                    title: `Remove route ${name}?`,
                    edit: removeItem('routes', name),
                    name: undefined,
                  })
                }
              />
            </>
          )
        }
      />
      <div className="flex flex-col gap-4 px-4 pb-6 md:px-6">
        {route.description !== undefined && <p className="max-w-[72ch] text-muted">{route.description}</p>}
        {edit === 'form' && (
          <RouteForm route={route} takenNames={[]} onCancel={() => setEdit(undefined)} onReview={review} />
        )}
        {edit === 'text' && (
          <EditText
            section="routes"
            item={route}
            onCancel={() => setEdit(undefined)}
            onReview={({ routes }) => {
              if (routes[0] !== undefined) review(routes[0])
            }}
          />
        )}
        {edit === undefined && (
          <RoutePicture
            route={route}
            targets={traffic.data?.targets}
            minutes={traffic.data?.minutes ?? 60}
            state={state.data}
            onOpen={openTraces}
          />
        )}
        {traffic.error !== null && traffic.data === undefined && (
          <ErrorState
            problem={toProblem(traffic.error, 'The traffic could not be loaded')}
            onRetry={() => void traffic.refetch()}
          />
        )}
      </div>
      {edit === undefined && (
        <section aria-label="Targets">
          <h2 className="px-4 pb-1 font-medium md:px-6">Targets in the last hour</h2>
          <TargetTable
            models={models}
            targets={traffic.data?.targets}
            minutes={traffic.data?.minutes ?? 60}
            state={state.data}
            onOpen={openTraces}
          />
          <p className="px-4 py-3 text-small text-faint md:px-6">
            Figures are counted from the attempts of all routes. <GatewayWords state={state.data} />
          </p>
        </section>
      )}
      {change !== undefined && (
        <SaveConfigDialog
          title={change.title}
          note={change.title.replace('?', '')}
          edit={change.edit}
          onClose={() => setChange(undefined)}
          onSaved={() =>
            void (change.name === undefined
              ? navigate({ to: '/gateway/routes' })
              : navigate({ to: '/gateway/routes/$name', params: { name: change.name } }))
          }
        />
      )}
    </div>
  )
}

/** Who reported the breakers. */
function GatewayWords(props: { readonly state: GatewayState | undefined }): ReactElement | undefined {
  const { state } = props
  if (state === undefined) return undefined
  if (state.gateways.length === 0) return <>No gateway has reported its breakers in the last half minute.</>
  const draining = state.gateways.filter(({ isDraining }) => isDraining).map(({ name }) => name)
  const calls = state.gateways.reduce((sum, { activeRequests }) => sum + activeRequests, 0)
  return (
    <>
      Breakers are what {formatQuantity(state.gateways.length, 'gateway')} reported in the last seconds,{' '}
      {formatQuantity(calls, 'call')} running{draining.length > 0 && `; ${draining.join(', ')} drains`}.
    </>
  )
}

function Answer(props: {
  readonly traffic: RouteTraffic | undefined
  readonly isLoaded: boolean
}): ReactElement | undefined {
  const { traffic } = props
  if (!props.isLoaded) return undefined
  if (traffic === undefined || traffic.calls === 0)
    return <>No calls in the last hour. Clients reach it by writing its name as model.</>
  const { calls, errors, retried, cached, costNano, savedNano } = traffic
  return (
    <>
      {formatQuantity(calls, 'call')} in the last hour,{' '}
      <span className={errors > 0 ? 'text-bad' : undefined}>{formatPercent(errors / calls)} failed</span>
      {retried > 0 && `, ${formatCount(retried)} needed another attempt`}
      {cached > 0 && `, ${formatCount(cached)} came from the cache`}, {formatCostNano(costNano)}
      {savedNano !== undefined && `, ${formatCostNano(savedNano)} saved`}
    </>
  )
}
