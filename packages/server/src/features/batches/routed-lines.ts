import { z } from 'zod'

const lines = z.record(z.string(), z.number().int().min(1))

/**
 * How many lines of a file ask each of the provider's models by which route; the empty name stands for lines that name
 * the model itself.
 */
export const routedLines = z.record(z.string(), lines)
export type RoutedLines = z.output<typeof routedLines>

/** Routes with their lines for a model as its provider names it; undefined when nothing is known of it. */
export function linesOfModel(
  routes: RoutedLines,
  model: string,
): Readonly<Record<string, number>> | undefined {
  // A client may name a model like a part of every object.
  if (Object.hasOwn(routes, model)) return routes[model]
  // Providers answer with a version of the name that was asked; those of deployments have names of their own.
  const names = Object.keys(routes)
  const asked = names.filter((name) => model.startsWith(name)).toSorted((a, b) => b.length - a.length)[0]
  const only = names.length === 1 ? names[0] : undefined
  const found = asked ?? only
  return found === undefined ? undefined : routes[found]
}
