import type { ChartColour } from './line-chart-data.ts'

/**
 * The colour a token has right now, as canvas understands it. A custom property keeps its light-dark() text,
 * so the browser resolves it on a probe element. Ask again when the theme changes.
 */
export function resolveColour(
  host: HTMLElement,
  token: ChartColour | 'border' | 'text-faint' | 'bg',
): string {
  const probe = document.createElement('span')
  probe.style.color = `var(--${token})`
  host.append(probe)
  const colour = getComputedStyle(probe).color
  probe.remove()
  return colour
}
