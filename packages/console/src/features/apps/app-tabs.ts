/** Views of one app, as the URL names them. */
export const appTabs = ['files', 'flow', 'releases', 'deployments'] as const
export type AppTab = (typeof appTabs)[number]
