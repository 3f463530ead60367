import { getLoop, getStatus } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCall } from '../../api/use-call.ts'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { useDocumentTitle } from '../../ui/use-document-title.ts'
import { Skeleton } from '../../ui/states/skeleton.tsx'
import { HealthLine } from './health-line.tsx'
import { LoopSteps } from './loop-steps.tsx'
import { ServedNow } from './served-now.tsx'
import { TrafficPanel } from './traffic-panel.tsx'
import { LastEvaluation } from './last-evaluation.tsx'

/** Where the project stands in the loop, and the next step. */
export function HomePage(): ReactElement {
  useDocumentTitle('')
  const loop = useCall(getLoop, {}, { pollMs: 5_000 })
  const status = useCall(getStatus, {}, { pollMs: 10_000 })
  if (loop.data === undefined) {
    return (
      <div className="p-6">
        {loop.error === null ? (
          <Skeleton lines={8} />
        ) : (
          <ErrorState
            problem={toProblem(loop.error, 'The state of the loop could not be loaded')}
            onRetry={() => void loop.refetch()}
          />
        )}
      </div>
    )
  }
  const { headline, steps, apps, traffic, lastEvaluation } = loop.data
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex max-w-280 flex-col gap-8 px-4 py-6 md:px-6">
        <header>
          <h1 className="max-w-[60ch] text-title font-semibold">{headline}</h1>
          {status.data !== undefined && <HealthLine status={status.data} />}
        </header>
        <LoopSteps steps={steps} />
        {traffic.traces > 0 && <TrafficPanel traffic={traffic} />}
        <div className="grid items-start gap-x-8 gap-y-8 lg:grid-cols-2">
          {apps.length > 0 && <ServedNow apps={apps} />}
          {lastEvaluation !== undefined && <LastEvaluation evaluation={lastEvaluation} />}
        </div>
      </div>
    </div>
  )
}
