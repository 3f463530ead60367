import { AppError, listLimitUse, type LimitUse } from '@ratchet/contract'
import { formatCount, formatMoney } from '../../render/figures.ts'
import type { Run } from '../../verb.ts'

/** Every row of use, over all pages; a name that nothing has is a mistake. */
export async function readUse(
  run: Run,
  query: { kind: LimitUse['kind']; name?: string },
): Promise<LimitUse[]> {
  const items: LimitUse[] = []
  await run.withServer(async ({ client }) => {
    for await (const page of client.pages(listLimitUse, { query, signal: run.io.signal })) {
      items.push(...page.items)
    }
  })
  if (items.length === 0 && query.name !== undefined) {
    throw new AppError('not_found', {
      message: `There is no ${query.kind} "${query.name}". See all with: ratchet ${query.kind}s list`,
      details: { name: query.name },
    })
  }
  return items
}

/** `project`, `user ada`, `key site`; `each key` while no key has used it. */
export function whoseText({
  scope,
  subject,
  subjectName,
}: Pick<LimitUse, 'scope' | 'subject' | 'subjectName'>): string {
  if (subject === '') return scope === 'project' ? scope : `each ${scope}`
  return `${scope} ${subjectName ?? subject}`
}

export function amountText(unit: LimitUse['unit'], amount: number): string {
  return unit === 'nano-dollars' ? formatMoney(amount) : formatCount(amount)
}

/** `in 5 s`, `in 3 h`, then the day. */
export function untilText(iso: string | undefined, nowMs: number): string {
  if (iso === undefined) return ''
  const seconds = Math.max(0, Math.ceil((Date.parse(iso) - nowMs) / 1000))
  if (seconds < 60) return `in ${seconds} s`
  if (seconds < 3600) return `in ${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `in ${Math.round(seconds / 3600)} h`
  return `on ${iso.slice(0, 10)}`
}

export function paintShare({ output: { paint } }: Run, share: number, text: string): string {
  if (share >= 1) return paint.bad(text)
  return share >= 0.8 ? paint.warn(text) : text
}
