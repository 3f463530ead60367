import { type ChangeSet, type Extension, Transaction } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'

const joinMs = 500
const most = 500

/** Undo and redo, steps within half a second as one; Tab indents, Enter keeps the indent. */
export function undoKeys(now: () => number): Extension {
  let undone: ChangeSet[] = []
  let done: { readonly changes: ChangeSet; readonly atMs: number }[] = []
  let isOurs = false
  const step = (view: EditorView, changes: ChangeSet): void => {
    isOurs = true
    view.dispatch({ changes, annotations: Transaction.addToHistory.of(false), scrollIntoView: true })
    isOurs = false
  }
  return [
    EditorView.updateListener.of((update) => {
      if (!update.docChanged || isOurs) return
      const inverted = update.changes.invert(update.startState.doc)
      const last = done.at(-1)
      const isJoined = last !== undefined && now() - last.atMs < joinMs
      const changes = isJoined ? inverted.compose(last.changes) : inverted
      done = [...(isJoined ? done.slice(0, -1) : done), { changes, atMs: now() }].slice(-most)
      undone = []
    }),
    keymap.of([
      {
        key: 'Mod-z',
        run: (view) => {
          const last = done.pop()
          if (last === undefined) return true
          undone.push(last.changes.invert(view.state.doc))
          step(view, last.changes)
          return true
        },
        shift: (view) => redo(view),
      },
      { key: 'Mod-y', run: (view) => redo(view) },
      { key: 'Enter', run: insertLine },
      // Escape and then Tab leaves the editor, as in every code editor of the web.
      { key: 'Tab', run: (view) => insert(view, '  ') },
    ]),
  ]

  function redo(view: EditorView): boolean {
    const changes = undone.pop()
    if (changes === undefined) return true
    done.push({ changes: changes.invert(view.state.doc), atMs: 0 })
    step(view, changes)
    return true
  }
}

function insertLine(view: EditorView): boolean {
  const line = view.state.doc.lineAt(view.state.selection.main.from)
  const indent = /^\s*/.exec(line.text)?.[0] ?? ''
  return insert(
    view,
    `\n${/[:-]\s*$/.test(line.text) && !line.text.trim().startsWith('#') ? `${indent}  ` : indent}`,
  )
}

function insert(view: EditorView, text: string): boolean {
  view.dispatch({ ...view.state.replaceSelection(text), scrollIntoView: true, userEvent: 'input.type' })
  return true
}
