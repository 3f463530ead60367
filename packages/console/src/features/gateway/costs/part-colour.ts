const shades = [100, 72, 50, 34, 22, 13]

/** The shade of the group at that place: the accent, lighter from group to group; grey for all others. */
export function partColour(place: number): string {
  const shade = shades[place]
  return shade === undefined
    ? 'var(--border-strong)'
    : `color-mix(in oklab, var(--accent) ${String(shade)}%, var(--bg))`
}
