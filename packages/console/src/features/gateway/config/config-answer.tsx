import type { StoredConfig } from '@ratchet/contract'
import type { ReactElement } from 'react'
import { formatQuantity } from '../../../ui/numbers/format-number.ts'
import { Time } from '../../../ui/numbers/time.tsx'

/** Which version is live, whose it is, and what it has. */
export function ConfigAnswer({ stored }: { readonly stored: StoredConfig }): ReactElement {
  const { version, author, at, file, config } = stored
  if (version === 0)
    return <>Nothing is configured yet: models are called by their own names, without limits.</>
  const parts = [
    formatQuantity(config.routes.length, 'route'),
    formatQuantity(config.limits.length + config.budgets.length, 'limit'),
    formatQuantity(config.guardrails.length, 'guardrail'),
    formatQuantity(config.caches.length, 'cache policy', 'cache policies'),
  ]
  return (
    <>
      <span className="font-medium text-ink">Version {version}</span> is live, {parts.join(', ')}; by {author}{' '}
      <Time at={at} />
      {file !== undefined && <> from {file}</>}
    </>
  )
}
