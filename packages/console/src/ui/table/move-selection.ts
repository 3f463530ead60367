/**
 * The row a key moves to, or undefined when the key does not move. Without a choice, down goes to the first row
 * and up to the last. Stops at both ends.
 */
export function moveSelection(
  key: string,
  current: number,
  count: number,
  pageRows: number,
): number | undefined {
  if (count === 0) return undefined
  const to = (index: number): number => Math.min(count - 1, Math.max(0, index))
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return to(current + 1)
    case 'k':
    case 'ArrowUp':
      return current < 0 ? count - 1 : to(current - 1)
    case 'PageDown':
      return to(current + pageRows)
    case 'PageUp':
      return to(current - pageRows)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return undefined
  }
}
