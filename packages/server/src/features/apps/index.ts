/**
 * Apps: folders of prompts, flows and indexes, pushed as immutable releases. A release is named by the digest over
 * its files; labels r1, r2, … count the releases of an app. A draft can be run and evaluated, but has no label and is
 * not deployed. Files lie in the blob store under their own digests.
 */
export type { InspectApp } from './inspected-app.ts'
export { makeApps, type Apps, type AppsParts } from './make-apps.ts'
export { appsMigrations } from './migrations.ts'
export { releaseDigestOf } from './release-digest.ts'
export { mountAppsRoutes } from './routes.ts'
