import { checkApp, flowGraphs, indexConfigs, modelPins } from '@ratchet/runtime'
import type { InspectApp } from '../features/apps/index.ts'

/** The runner's own checks, as the apps feature asks for them: what is pushed is what the runner accepts. */
export const inspectApp: InspectApp = (files) => {
  const { app, issues } = checkApp(files)
  if (!app) return { app: undefined, issues }
  const { name, description, owner, entry } = app.manifest
  return {
    issues,
    app: {
      name,
      description,
      owner,
      entry,
      models: modelPins(app),
      flows: flowGraphs(app),
      indexes: indexConfigs(app).map(({ name: index, chunk, embedding }) => ({
        name: index,
        settings: { chunk, embedding },
      })),
    },
  }
}
