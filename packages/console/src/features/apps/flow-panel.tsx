import type { FlowGraph, ReleaseFile } from '@ratchet/contract'
import { lazy, type ReactElement, Suspense, useRef, useState } from 'react'
import { Select } from '../../ui/controls/select.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { useElementWidth } from '../../ui/table/use-element-width.ts'
import { Skeleton } from '../../ui/states/skeleton.tsx'

const FlowDiagram = lazy(() => import('./flow-diagram.tsx'))

/** The flow of a release as a graph. A click on a node opens its file. */
export function FlowPanel(props: {
  readonly flows: readonly FlowGraph[]
  readonly files: readonly ReleaseFile[]
  readonly onOpenFile: (path: string) => void
}): ReactElement {
  const [path, setPath] = useState<string>()
  const frame = useRef<HTMLDivElement>(null)
  const widthPx = useElementWidth(frame)
  const flow = props.flows.find((candidate) => candidate.path === path) ?? props.flows[0]
  if (flow === undefined) {
    return (
      <EmptyState title="This release has no flow">
        It serves a prompt directly. Add a file under flows/ to retrieve, branch or call tools.
      </EmptyState>
    )
  }
  const openNode = (detail: string): void => {
    const name = detail.replace(/^(\.\.\/)+/, '')
    const file = props.files.find(
      (candidate) => candidate.path === name || candidate.path.endsWith(`/${name}`),
    )
    props.onOpenFile(file?.path ?? flow.path)
  }
  return (
    <div className="flex h-full min-h-80 flex-col gap-2 py-3">
      {props.flows.length > 1 && (
        <Select
          label="Flow"
          value={flow.path}
          options={props.flows.map((one) => ({ value: one.path, label: one.path }))}
          onChange={setPath}
        />
      )}
      <div ref={frame} className="min-h-0 flex-1 rounded-control border border-line bg-subtle">
        <Suspense fallback={<Skeleton lines={5} />}>
          <FlowDiagram flow={flow} direction={widthPx < 600 ? 'down' : 'right'} onOpen={openNode} />
        </Suspense>
      </div>
    </div>
  )
}
