import {
  AppWindow,
  Binary,
  Bot,
  FileText,
  Layers,
  type LucideIcon,
  Search,
  ShieldCheck,
  Square,
  Workflow,
  Wrench,
} from 'lucide-react'
import type { ReactElement } from 'react'

const icons: Readonly<Record<string, LucideIcon>> = {
  app: AppWindow,
  flow: Workflow,
  prompt: FileText,
  retrieve: Search,
  tool: Wrench,
  llm: Bot,
  embedding: Binary,
  batch: Layers,
  guard: ShieldCheck,
}

/** The kind of a span or flow node as a sign; the word is there for screen readers. */
export function SpanIcon(props: { readonly type: string }): ReactElement {
  const Icon = icons[props.type] ?? Square
  return (
    <>
      <Icon size={14} strokeWidth={1.75} className="text-muted" aria-hidden />
      <span className="sr-only">{props.type} </span>
    </>
  )
}
