import { getRouteApi, Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { CopyButton } from '../../ui/code/copy-button.tsx'
import { PageHead } from '../../ui/page-head.tsx'
import { TraceDetail } from './trace-detail.tsx'

const route = getRouteApi('/traces/$traceId')

/** One trace on a page of its own. */
export function TracePage(): ReactElement {
  const { traceId } = route.useParams()
  const { span } = route.useSearch()
  const go = route.useNavigate()
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <PageHead
        tab={`Trace ${traceId.slice(0, 8)}`}
        back={
          <Link to="/traces" search={{ trace: traceId }} className="hover:text-ink hover:underline">
            Traces
          </Link>
        }
        title={
          <span className="inline-flex items-center gap-1 font-mono">
            {traceId}
            <CopyButton text={traceId} label="Copy trace id" />
          </span>
        }
      />
      <div className="max-w-400 md:px-2">
        <TraceDetail
          wide
          traceId={traceId}
          spanId={span}
          onSpan={(next) => void go({ search: (previous) => ({ ...previous, span: next }), replace: true })}
        />
      </div>
    </div>
  )
}
