import { getGatewayConfig, type GatewayConfig, planGatewayConfig } from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { History } from 'lucide-react'
import { type ReactElement, useMemo, useState } from 'react'
import { toProblem } from '../../../api/problem.ts'
import { useCall } from '../../../api/use-call.ts'
import { LeaveGuard } from '../../../app/leave-guard.tsx'
import { useMay } from '../../../app/me-context.ts'
import { CommandLine } from '../../../ui/code/command-line.tsx'
import { TextEditor } from '../../../ui/code/text-editor.tsx'
import { Button } from '../../../ui/controls/button.tsx'
import { PageHead } from '../../../ui/page-head.tsx'
import { ErrorState } from '../../../ui/states/error-state.tsx'
import { Skeleton } from '../../../ui/states/skeleton.tsx'
import { useSettled } from '../../../ui/use-settled.ts'
import { ConfigAnswer } from './config-answer.tsx'
import { DriftNote } from './drift-note.tsx'
import { HistoryDrawer } from './history-drawer.tsx'
import { printConfig } from './print-config.ts'
import { editsBetween } from './merge-config.ts'
import { ProblemList } from './problem-list.tsx'
import { SaveConfigDialog } from './save-config-dialog.tsx'

const route = getRouteApi('/gateway/config')
type Start = { readonly version: number; readonly config: GatewayConfig }

/** The whole configuration of the gateway as text, as `ratchet apply` takes it. */
export function ConfigPage(): ReactElement {
  const search = route.useSearch()
  const go = route.useNavigate()
  const config = useCall(getGatewayConfig, {}, { pollMs: 15_000 })
  // What was live when the editor was opened; a newer version does not take away what is being written.
  const [start, setStart] = useState<Start>()
  if (start === undefined && config.data !== undefined)
    setStart({ version: config.data.version, config: config.data.config })
  const setSearch = (next: Partial<typeof search>): void =>
    void go({ search: (previous) => ({ ...previous, ...next }) })
  const { data } = config
  return (
    <div className="relative flex min-h-0 flex-1">
      <div className="flex min-w-0 flex-1 flex-col overflow-y-auto">
        <PageHead
          title="Configuration"
          answer={data === undefined ? undefined : <ConfigAnswer stored={data} />}
          actions={
            <Button
              icon={<History size={14} aria-hidden />}
              onClick={() =>
                setSearch({ history: search.history === 'true' ? undefined : 'true', version: undefined })
              }
            >
              History
            </Button>
          }
        />
        <div className="flex flex-col gap-4 px-4 pb-6 md:px-6">
          {data === undefined || start === undefined ? (
            config.error === null ? (
              <Skeleton lines={12} />
            ) : (
              <ErrorState
                problem={toProblem(config.error, 'The configuration could not be loaded')}
                onRetry={() => void config.refetch()}
              />
            )
          ) : (
            <>
              {data.lastApplied !== undefined && (
                <DriftNote
                  drift={data.lastApplied}
                  onOpen={(version) => setSearch({ history: 'true', version: String(version) })}
                />
              )}
              <Editor
                key={start.version}
                start={start}
                newest={data.version}
                onNewest={() => setStart({ version: data.version, config: data.config })}
              />
            </>
          )}
        </div>
      </div>
      <HistoryDrawer search={search} onSearch={setSearch} />
    </div>
  )
}

function Editor(props: {
  readonly start: Start
  /** The version that is live by now. */
  readonly newest: number
  readonly onNewest: () => void
}): ReactElement {
  const { start, newest } = props
  const mayWrite = useMay('gateway:write')
  const first = useMemo(() => printConfig(start.config), [start])
  const [text, setText] = useState(first)
  // Discarded changes leave the editor with its history; a new one starts afresh.
  const [attempt, setAttempt] = useState(0)
  const [line, setLine] = useState<{ readonly number: number }>()
  const [mine, setMine] = useState<GatewayConfig>()
  const isChanged = text !== first
  const settled = useSettled(text)
  const plan = useCall(
    planGatewayConfig,
    { body: { text: settled ?? text } },
    { enabled: isChanged && settled !== undefined },
  )
  const planned = isChanged && settled === text ? plan.data : undefined
  const hasErrors = planned?.problems.some(({ severity }) => severity === 'error') === true
  const wanted = hasErrors || plan.isPlaceholderData ? undefined : planned?.config
  const isNothing = wanted !== undefined && planned?.changes.length === 0 && newest === start.version
  const edit = useMemo(
    () => (mine === undefined ? undefined : editsBetween(start.config, mine)),
    [start, mine],
  )
  return (
    <>
      {newest !== start.version && (
        <p className="flex flex-wrap items-center gap-3 rounded-control bg-warn-bg px-3 py-2">
          <span>
            Version {newest} is live by now; this text is from version {start.version}. Saving keeps what
            others changed.
          </span>
          <Button onClick={props.onNewest}>Show version {newest}</Button>
        </p>
      )}
      <div className="h-[min(64vh,720px)] shrink-0">
        <TextEditor
          key={attempt}
          initial={first}
          language="yaml"
          label="Configuration of the gateway"
          line={line}
          readOnly={!mayWrite}
          onChange={setText}
        />
      </div>
      <ProblemList
        problems={isChanged ? (planned?.problems ?? []) : []}
        onLine={(number) => setLine({ number })}
      />
      {plan.error !== null && isChanged && (
        <ErrorState problem={toProblem(plan.error, 'The text could not be checked')} />
      )}
      <div className="flex flex-wrap items-center gap-2">
        <Button
          kind="primary"
          busy={isChanged && plan.isFetching}
          disabled={!mayWrite || wanted === undefined || isNothing}
          onClick={() => setMine(wanted)}
        >
          Review changes
        </Button>
        <Button
          kind="quiet"
          disabled={!isChanged}
          onClick={() => {
            setText(first)
            setAttempt(attempt + 1)
          }}
        >
          Discard changes
        </Button>
        <span className="text-small text-faint">
          {!mayWrite
            ? 'Your key may read the configuration, not change it.'
            : isNothing
              ? 'Nothing differs from the version that is live.'
              : (planned?.connections.length ?? 0) > 0
                ? 'Connections are not saved here: add them on the Models page, or with ratchet apply.'
                : 'YAML or JSON. Tab leaves the editor.'}
        </span>
      </div>
      <CommandLine
        command={'npx ratchet gateway show > gateway.yaml\nnpx ratchet apply -f gateway.yaml --plan'}
      />
      <LeaveGuard isChanged={isChanged} what="the configuration" />
      {edit !== undefined && (
        <SaveConfigDialog
          title="Save the configuration"
          note=""
          edit={edit}
          onClose={() => setMine(undefined)}
          onSaved={props.onNewest}
        />
      )}
    </>
  )
}
