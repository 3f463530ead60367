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
}): ReactElement {
  const host = useRef<HTMLDivElement>(null)
  const change = useRef(props.onChange)
  useEffect(() => {
    change.current = props.onChange
  })
  const { initial, language, label } = props
  useEffect(() => {
    if (host.current === null) return
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: initial,
        extensions: [
          lineNumbers(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-multiline': 'true' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change.current(update.state.doc.toString())
          }),
          syntaxHighlighting(classHighlighter),
          language === 'yaml' ? yaml() : json(),
          undoKeys(Date.now),
        ],
      }),
    })
    return () => view.destroy()
  }, [initial, language, label])
  return <div ref={host} className="h-full" />
}
