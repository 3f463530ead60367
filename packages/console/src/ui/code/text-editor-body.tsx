import { json } from '@codemirror/lang-json'
import { yaml } from '@codemirror/lang-yaml'
import { syntaxHighlighting } from '@codemirror/language'
import { EditorState } from '@codemirror/state'
import { EditorView, lineNumbers } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { type ReactElement, useEffect, useRef } from 'react'
import { undoKeys } from './undo-keys.ts'

/** CodeMirror that can be written in. Loaded only when text is edited: use `TextEditor`. */
export default function TextEditorBody(props: {
  readonly initial: string
  readonly language: 'yaml' | 'json'
  readonly label: string
  readonly onChange: (text: string) => void
  readonly line?: { readonly number: number } | undefined
  readonly readOnly?: boolean
}): ReactElement {
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<EditorView>(undefined)
  const change = useRef(props.onChange)
  useEffect(() => {
    change.current = props.onChange
  })
  const { initial, language, label, line, readOnly = false } = props
  useEffect(() => {
    if (host.current === null) return
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          lineNumbers(),
          EditorView.lineWrapping,
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true', tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change.current(update.state.doc.toString())
          }),
          syntaxHighlighting(classHighlighter),
          language === 'yaml' ? yaml() : json(),
          undoKeys(Date.now),
        ],
      }),
    })
    editor.current = view
    return () => view.destroy()
  }, [initial, language, label, readOnly])
  useEffect(() => {
    const view = editor.current
    if (view === undefined || line === undefined || line.number > view.state.doc.lines) return
    const { from, to } = view.state.doc.line(line.number)
    view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true })
    view.focus()
  }, [line])
  return <div ref={host} className="h-full" />
}
