import type { ReactElement } from 'react'
import { CopyButton } from '../../ui/code/copy-button.tsx'
import { JsonView } from '../../ui/code/json-view.tsx'
import { MarkdownView } from '../../ui/code/markdown-view.tsx'
import { readMessages } from './read-messages.ts'

/** Input or output of a span: chat messages as a conversation, text as text, everything else as a tree. */
export function SpanPayload(props: {
  readonly value: unknown
  readonly label: string
  readonly face: 'read' | 'json'
}): ReactElement {
  const { value, label } = props
  if (value === null || value === undefined || value === '')
    return <p className="text-faint">none recorded</p>
  const messages = props.face === 'read' ? readMessages(value) : undefined
  if (messages !== undefined) {
    return (
      <ol className="flex flex-col gap-2">
        {messages.map((message, index) => (
          <li key={`${message.role}-${String(index)}`} className="group rounded-control border border-line">
            <div className="flex h-7 items-center justify-between pl-3 text-small text-faint">
              {message.role}
              <span className="opacity-0 group-hover:opacity-100 focus-within:opacity-100">
                <CopyButton text={message.text} label={`Copy ${message.role} message`} />
              </span>
            </div>
            <div className="px-3 pb-2">
              {message.role === 'assistant' ? (
                <MarkdownView text={message.text} />
              ) : (
                <p
                  dir="auto"
                  className="max-h-96 max-w-[80ch] overflow-y-auto break-words whitespace-pre-wrap"
                >
                  {message.text}
                </p>
              )}
            </div>
          </li>
        ))}
      </ol>
    )
  }
  if (props.face === 'read' && typeof value === 'string') return <MarkdownView text={value} />
  return <JsonView value={value} label={label} />
}
