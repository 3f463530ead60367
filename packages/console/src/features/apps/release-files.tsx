import { getReleaseFile, type ReleaseFile } from '@ratchet/contract'
import { type ReactElement, useMemo } from 'react'
import { toProblem } from '../../api/problem.ts'
import { useCall } from '../../api/use-call.ts'
import { classes } from '../../ui/classes.ts'
import { CodeView } from '../../ui/code/code-view.tsx'
import { languageOf } from '../../ui/code/language-of.ts'
import { formatBytes } from '../../ui/numbers/format-number.ts'
import { ErrorState } from '../../ui/states/error-state.tsx'
import { Skeleton } from '../../ui/states/skeleton.tsx'

/** The files of a release on the left, the open one on the right. */
export function ReleaseFiles(props: {
  readonly app: string
  readonly release: string
  readonly files: readonly ReleaseFile[]
  readonly path: string | undefined
  readonly line: number | undefined
  readonly onOpen: (path: string) => void
}): ReactElement {
  const folders = useMemo(() => byFolder(props.files), [props.files])
  const path = props.path ?? props.files.find(({ kind }) => kind === 'manifest')?.path ?? props.files[0]?.path
  return (
    <div className="flex h-full min-h-0 flex-col md:flex-row">
      <nav
        aria-label="Files"
        className="max-h-40 shrink-0 overflow-y-auto border-line py-3 max-md:border-b md:max-h-none md:w-60 md:border-r md:pr-3"
      >
        {folders.map(([folder, files]) => (
          <div key={folder} className="mb-2">
            {folder !== '' && <p className="px-2 text-small text-faint">{folder}</p>}
            {files.map((file) => (
              <button
                key={file.path}
                type="button"
                aria-current={file.path === path}
                onClick={() => props.onOpen(file.path)}
                className={classes(
                  'flex h-7 w-full items-center gap-2 rounded-control px-2 text-left transition-colors',
                  file.path === path ? 'bg-active text-ink' : 'text-muted hover:bg-hover hover:text-ink',
                )}
              >
                <span className="min-w-0 flex-1 truncate">{file.path.split('/').at(-1)}</span>
                <span className="text-small text-faint tabular-nums">{formatBytes(file.sizeBytes)}</span>
              </button>
            ))}
          </div>
        ))}
      </nav>
      <div className="min-h-60 min-w-0 flex-1 py-3">
        {path !== undefined && (
          <FileText app={props.app} release={props.release} path={path} line={props.line} />
        )}
      </div>
    </div>
  )
}

function FileText(props: {
  readonly app: string
  readonly release: string
  readonly path: string
  readonly line: number | undefined
}): ReactElement {
  const { app, release, path } = props
  const file = useCall(getReleaseFile, { params: { app, release }, query: { path } })
  if (file.data === undefined) {
    if (file.error === null) return <Skeleton lines={10} />
    return (
      <ErrorState
        problem={toProblem(file.error, `${path} could not be loaded`)}
        onRetry={() => void file.refetch()}
      />
    )
  }
  return (
    <div className="flex h-full flex-col">
      {file.data.truncated && (
        <p className="px-4 pb-2 text-small text-warn">Only the beginning of this file is shown.</p>
      )}
      <div className="min-h-0 flex-1">
        <CodeView
          text={file.data.text}
          language={languageOf(file.data.path)}
          label={file.data.path}
          line={props.line}
        />
      </div>
    </div>
  )
}

function byFolder(files: readonly ReleaseFile[]): readonly (readonly [string, readonly ReleaseFile[]])[] {
  const folders = new Map<string, ReleaseFile[]>()
  for (const file of files) {
    const folder = file.path.split('/').slice(0, -1).join('/')
    folders.set(folder, [...(folders.get(folder) ?? []), file])
  }
  return [...folders].sort(([a], [b]) => a.localeCompare(b))
}
