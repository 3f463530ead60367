import { listModels } from '@ratchet/contract'
import { getRouteApi } from '@tanstack/react-router'
import { Eraser, Send, Square } from 'lucide-react'
import { type ReactElement, useEffect, useRef, useState } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCall } from '../../api/use-call.ts'
import { Button } from '../../ui/controls/button.tsx'
import { Combobox } from '../../ui/controls/combobox.tsx'
import { TextArea } from '../../ui/controls/text-area.tsx'
import { useHotkeys } from '../../ui/keyboard/use-hotkeys.ts'
import { PageHead } from '../../ui/page-head.tsx'
import { EmptyState } from '../../ui/states/empty-state.tsx'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { TurnView } from './turn-view.tsx'
import { useConversation } from './use-conversation.ts'

const route = getRouteApi('/playground')

/** Ask an app or a model and see the answer, its sources and its trace. */
export function PlaygroundPage(): ReactElement {
  const search = route.useSearch()
  const go = route.useNavigate()
  const models = useCall(listModels, {})
  const chats = models.data?.items.filter(({ kind }) => kind !== 'embedding')
  const model = search.model ?? chats?.find(({ id }) => id.startsWith('app/'))?.id ?? chats?.[0]?.id
  const known = chats?.find(({ id }) => id === model)
  const { turns, ask, stop, clear, isRunning } = useConversation(model)
  const [text, setText] = useState(search.ask ?? '')
  const input = useRef<HTMLTextAreaElement>(null)
  const thread = useRef<HTMLDivElement>(null)
  const { length } = turns
  const lastAnswer = turns.at(-1)?.answer.length ?? 0
  useEffect(() => {
    // A new question goes to the top, so that its answer and sources have the page.
    thread.current?.querySelector('article:last-of-type')?.scrollIntoView({ block: 'start' })
  }, [length])
  useEffect(() => {
    thread.current
      ?.querySelector('article:last-of-type [data-answer-end]')
      ?.scrollIntoView({ block: 'nearest' })
  }, [lastAnswer])
  useHotkeys([
    { keys: '/', label: 'Write a question', group: 'Playground', run: () => input.current?.focus() },
    { keys: 'Escape', label: 'Stop the answer', group: 'Playground', run: stop, whileTyping: true },
  ])
  const send = (): void => {
    const question = text.trim()
    if (question === '' || isRunning || model === undefined) return
    setText('')
    void ask(question)
  }
  const options = (chats ?? []).map(({ id, note }) => ({
    value: id,
    label: id,
    ...(note === undefined ? {} : { note }),
  }))
  const isListed = model === undefined || options.some(({ value }) => value === model)
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <PageHead
        title="Playground"
        answer={known?.note === undefined ? undefined : `${known.id}: ${known.note}`}
        actions={
          <>
            <div className="w-72 max-w-[calc(100vw-152px)]">
              <Combobox
                label="App or model"
                value={model}
                options={isListed ? options : [{ value: model, label: model }, ...options]}
                onChange={(next) =>
                  void go({ search: (previous) => ({ ...previous, model: next }), replace: true })
                }
                empty="No app or model has this name."
              />
            </div>
            <Button icon={<Eraser size={14} aria-hidden />} onClick={clear} disabled={turns.length === 0}>
              Start over
            </Button>
          </>
        }
      />
      <div ref={thread} className="min-h-0 flex-1 overflow-y-auto" aria-live="polite">
        <div className="mx-auto flex max-w-280 flex-col gap-8 px-4 pt-2 pb-6 md:px-6">
          {models.error !== null && models.data === undefined && (
            <ErrorState
              problem={toProblem(models.error, 'The models could not be loaded')}
              onRetry={() => void models.refetch()}
            />
          )}
          {chats?.length === 0 && (
            <EmptyState
              title="Nothing to talk to yet"
              command="npx ratchet push my-app && npx ratchet deploy my-app --environment development"
            >
              Deploy an app, or add a connection under Models.
            </EmptyState>
          )}
          {turns.length === 0 && model !== undefined && chats !== undefined && chats.length > 0 && (
            <p className="pt-2 text-muted">
              Ask <span className="font-medium text-ink">{model}</span> something. The answer streams here,
              with its sources and a link to its trace.
            </p>
          )}
          {turns.map((turn) => (
            <TurnView key={turn.id} turn={turn} />
          ))}
        </div>
      </div>
      <div className="shrink-0 border-t border-line">
        <div className="mx-auto flex max-w-280 items-end gap-2 px-4 py-3 md:px-6">
          <TextArea
            ref={input}
            label="Question"
            value={text}
            onChange={setText}
            onSubmit={send}
            placeholder="Ask a question. Enter sends, Shift+Enter starts a new line."
          />
          {isRunning ? (
            <Button icon={<Square size={12} aria-hidden />} onClick={stop}>
              Stop
            </Button>
          ) : (
            <Button
              kind="primary"
              icon={<Send size={13} aria-hidden />}
              onClick={send}
              disabled={text.trim() === '' || model === undefined}
            >
              Send
            </Button>
          )}
        </div>
      </div>
    </div>
  )
}
