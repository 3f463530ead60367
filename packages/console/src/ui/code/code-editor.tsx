import { javascript } from '@codemirror/lang-javascript'
import { json } from '@codemirror/lang-json'
import { markdown } from '@codemirror/lang-markdown'
import { yaml } from '@codemirror/lang-yaml'
import { foldGutter, syntaxHighlighting } from '@codemirror/language'
import { EditorState, type Extension } from '@codemirror/state'
import { Decoration, EditorView, lineNumbers } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { type ReactElement, useEffect, useRef } from 'react'
import type { Language } from './language-of.ts'

/** CodeMirror, read-only. Loaded only when code is shown: use `CodeView`. */
export default function CodeEditor(props: {
  readonly text: string
  readonly language: Language
  readonly label: string
  readonly line?: number | undefined
}): ReactElement {
  const host = useRef<HTMLDivElement>(null)
  const { text, language, label, line } = props
  useEffect(() => {
    if (host.current === null) return
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          foldGutter(),
          EditorState.readOnly.of(true),
          // Still focusable, so that the keyboard can scroll and select.
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true', tabindex: '0' }),
          EditorView.editable.of(false),
          EditorView.lineWrapping,
          syntaxHighlighting(classHighlighter),
          ...grammarOf(language),
          ...markLine(line),
        ],
      }),
    })
    if (line !== undefined && line <= view.state.doc.lines) {
      view.dispatch({ effects: EditorView.scrollIntoView(view.state.doc.line(line).from, { y: 'center' }) })
    }
    return () => view.destroy()
  }, [text, language, label, line])
  return <div ref={host} className="h-full" />
}

function grammarOf(language: Language): Extension[] {
  switch (language) {
    case 'json':
      return [json()]
    case 'yaml':
      return [yaml()]
    case 'markdown':
      return [markdown()]
    case 'typescript':
      return [javascript({ typescript: true })]
    default:
      return []
  }
}

function markLine(line: number | undefined): Extension[] {
  if (line === undefined) return []
  return [
    EditorView.decorations.of((view) => {
      if (line < 1 || line > view.state.doc.lines) return Decoration.none
      return Decoration.set(
        Decoration.line({ class: 'cm-marked-line' }).range(view.state.doc.line(line).from),
      )
    }),
  ]
}
