import { AppError } from '@ratchet/contract'
import type { AppFile } from './app-files.ts'
import { readApp } from './check-app.ts'
import type { LoadedApp } from './loaded-app.ts'

/**
 * Loads the files of a release for running. Releases were checked when they were pushed, so a problem here means
 * a newer or older Ratchet made it: throws `app_invalid` with the first problem in words and all in the details.
 */
export function loadApp(files: readonly AppFile[]): LoadedApp {
  const { app, issues } = readApp(files, { checkTools: false })
  if (app) return app
  const [first] = issues
  const place = first
    ? [first.file, first.line].filter((part) => part !== undefined).join(':')
    : 'The app folder'
  throw new AppError('app_invalid', {
    message: `${place}: ${first?.message ?? 'It cannot be loaded.'} ${first?.suggestion ?? ''}`.trim(),
    details: { issues },
  })
}
