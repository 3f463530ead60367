import { Plus, Trash2 } from 'lucide-react'
import { type ReactElement, type ReactNode, useState } from 'react'
import { LineChart } from '../../ui/charts/line-chart.tsx'
import { IntervalPlot } from '../../ui/charts/interval-plot.tsx'
import { CodeView } from '../../ui/code/code-view.tsx'
import { JsonView } from '../../ui/code/json-view.tsx'
import { MarkdownView } from '../../ui/code/markdown-view.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Checkbox } from '../../ui/controls/checkbox.tsx'
import { Combobox } from '../../ui/controls/combobox.tsx'
import { Field } from '../../ui/controls/field.tsx'
import { IconButton } from '../../ui/controls/icon-button.tsx'
import { Input } from '../../ui/controls/input.tsx'
import { Menu } from '../../ui/controls/menu.tsx'
import { Segmented } from '../../ui/controls/segmented.tsx'
import { Select } from '../../ui/controls/select.tsx'
import { Switch } from '../../ui/controls/switch.tsx'
import { Tabs } from '../../ui/controls/tabs.tsx'
import { formatDifference, formatScore } from '../../ui/numbers/format-number.ts'
import { Stat } from '../../ui/numbers/stat.tsx'
import { Time } from '../../ui/numbers/time.tsx'
import { Dialog } from '../../ui/overlays/dialog.tsx'
import { showToast } from '../../ui/overlays/toast.tsx'
import { Badge } from '../../ui/states/badge.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { EnvironmentWord } from '../../ui/states/environment-word.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { Skeleton } from '../../ui/states/skeleton.tsx'
import { State } from '../../ui/states/state.tsx'

const opened = Date.now()
const start = Date.UTC(2026, 10, 20)
const times = Array.from({ length: 48 }, (_, index) => new Date(start + index * 1_800_000))
const wave = (index: number): number => 0.82 + Math.sin(index / 5) * 0.05
const series = [
  {
    label: 'Groundedness',
    colour: 'accent' as const,
    values: times.map((_, index) => (index === 20 ? null : wave(index))),
    low: times.map((_, index) => wave(index) - 0.03),
    high: times.map((_, index) => wave(index) + 0.03),
  },
  {
    label: 'Abstention',
    colour: 'text-muted' as const,
    values: times.map((_, index) => 0.7 + Math.cos(index / 7) * 0.04),
  },
]
const marks = [{ at: new Date(start + 30 * 1_800_000), label: 'r3 deployed', colour: 'info' as const }]
const yaml =
  'name: answer\n# five passages are enough\nnodes:\n  - name: find\n    type: retrieve\n    top: 5\n'

/** Every part on one page, for looking at. Not in the production build. */
export function DesignPage(): ReactElement {
  const [tab, setTab] = useState<'one' | 'two'>('one')
  const [text, setText] = useState('')
  const [isOn, setIsOn] = useState(true)
  const [isOpen, setIsOpen] = useState(false)
  const [choice, setChoice] = useState<'tree' | 'timeline'>('tree')
  return (
    <div className="grid gap-8 overflow-y-auto p-6 lg:grid-cols-2">
      <Part name="Buttons">
        <Button kind="primary" icon={<Plus size={14} />} onClick={() => setIsOpen(true)}>
          Create key
        </Button>
        <Button onClick={() => showToast({ title: 'Connection removed', undo: () => undefined })}>
          Test connection
        </Button>
        <Button kind="quiet">Cancel</Button>
        <Button kind="danger" icon={<Trash2 size={14} />}>
          Revoke key
        </Button>
        <Button busy>Deploy r3</Button>
        <Button disabled>Deploy r3</Button>
        <IconButton label="Remove" icon={<Trash2 size={14} />} />
        <Menu
          trigger={<button type="button">More</button>}
          items={[
            { kind: 'action', label: 'Copy id', keys: 'c', run: () => undefined },
            { kind: 'separator' },
            { kind: 'action', label: 'Remove', danger: true, run: () => undefined },
          ]}
        />
      </Part>
      <Part name="Fields">
        <div className="grid w-full grid-cols-2 gap-4">
          <Field label="Name" help="Letters, digits and -">
            <Input value={text} onChange={setText} placeholder="website" />
          </Field>
          <Field
            label="Base URL"
            problem="http://10.0.0.1 is a private address. Allow private addresses below."
          >
            <Input value="http://10.0.0.1" onChange={() => undefined} mono />
          </Field>
          <Select
            label="Range"
            value="24h"
            options={[{ value: '24h', label: 'Last 24 hours' }]}
            onChange={() => undefined}
          />
          <Combobox
            label="Model"
            value="offline/extractive"
            options={[
              { value: 'offline/extractive', label: 'offline/extractive', note: 'not a language model' },
            ]}
            onChange={() => undefined}
          />
          <Checkbox checked={isOn} onChange={setIsOn}>
            Allow private addresses
          </Checkbox>
          <Switch checked={isOn} onChange={setIsOn}>
            Live
          </Switch>
          <Segmented
            label="View"
            value={choice}
            options={[
              { value: 'tree', label: 'Tree' },
              { value: 'timeline', label: 'Timeline' },
            ]}
            onChange={setChoice}
          />
        </div>
      </Part>
      <Part name="States">
        <State tone="ok">done</State>
        <State tone="active">running</State>
        <State tone="waiting">queued</State>
        <State tone="warn">retrying</State>
        <State tone="bad">failed</State>
        <State tone="neutral">cancelled</State>
        <State tone="ok" filled>
          passed
        </State>
        <State tone="bad" filled>
          missed
        </State>
        <Badge>flow</Badge>
        <Badge mono>r3</Badge>
        <EnvironmentWord name="development" />
        <EnvironmentWord name="staging" />
        <EnvironmentWord name="production" />
        <Time at={opened - 200_000} />
      </Part>
      <Part name="Figures">
        <div className="grid w-full grid-cols-4 gap-4">
          <Stat label="Groundedness" value="0.973" low="0.952" high="0.994" n={1240} />
          <Stat label="Latency, median" value="182" unit="ms" note="p95 2.41 s" />
          <Stat label="Cost, 24 h" value="$0.041" note="1,240 calls" />
          <Stat label="Abstention" value={undefined} note="no scores yet" />
        </div>
      </Part>
      <Part name="Intervals">
        <div className="w-full">
          <IntervalPlot
            label="Differences"
            axis={{ low: -0.08, high: 0.08 }}
            reference={0}
            format={formatDifference}
            rows={[
              {
                id: 'a',
                label: 'token-f1',
                value: 0.041,
                low: 0.019,
                high: 0.063,
                words: '+0.041',
                tone: 'ok',
              },
              {
                id: 'b',
                label: 'groundedness',
                value: -0.031,
                low: -0.049,
                high: -0.013,
                words: '−0.031',
                tone: 'bad',
              },
              { id: 'c', label: 'abstention', value: null, low: null, high: null, words: '–' },
            ]}
          />
        </div>
      </Part>
      <Part name="Line chart">
        <div className="w-full">
          <LineChart label="Quality" times={times} series={series} marks={marks} format={formatScore} />
        </div>
      </Part>
      <Part name="Code">
        <div className="h-40 w-full rounded-control border border-line py-2">
          <CodeView text={yaml} language="yaml" label="answer.flow.yaml" line={5} />
        </div>
      </Part>
      <Part name="JSON">
        <div className="w-full">
          <JsonView
            label="Output"
            value={{
              answer: 'The gateway listens on 4701 [1].',
              sources: [{ path: 'install.md', score: 0.0325 }],
              usage: null,
            }}
          />
        </div>
      </Part>
      <Part name="Markdown">
        <MarkdownView
          text={
            'The gateway listens on **4701** [1].\n\n- Set `RATCHET_GATEWAY_PORT`\n- ![logo](https://example.org/x.png)\n\n<b>raw html</b>'
          }
        />
      </Part>
      <Part name="Tabs">
        <Tabs
          label="Views"
          value={tab}
          onChange={setTab}
          tabs={[
            { id: 'one', label: 'Files', count: 9, panel: <p className="py-3">Files</p> },
            { id: 'two', label: 'Flow', panel: <p className="py-3">Flow</p> },
          ]}
        />
      </Part>
      <Part name="Nothing yet">
        <EmptyState title="No apps yet" command="npx ratchet init my-app --template rag">
          An app is a folder of prompts and flows.
        </EmptyState>
      </Part>
      <Part name="Failure and first load">
        <ErrorState
          problem={{
            what: 'The traces could not be loaded',
            why: 'ClickHouse did not answer within 10 s. It is being restarted; try again.',
            code: 'timeout',
            requestId: 'req-8f2c',
          }}
          onRetry={() => undefined}
        />
        <div className="w-full">
          <Skeleton lines={3} />
        </div>
      </Part>
      <Dialog
        open={isOpen}
        onClose={() => setIsOpen(false)}
        title="Create API key"
        about="The key is shown once."
        actions={<Button kind="primary">Create key</Button>}
      >
        <Field label="Name">
          <Input value={text} onChange={setText} />
        </Field>
      </Dialog>
    </div>
  )
}

function Part(props: { readonly name: string; readonly children: ReactNode }): ReactElement {
  return (
    <section className="min-w-0">
      <h2 className="mb-3 text-small font-medium text-faint">{props.name}</h2>
      <div className="flex flex-wrap items-center gap-4">{props.children}</div>
    </section>
  )
}
