/** The surface of everything that floats: menus, selects, tooltips, dialogs. */
export const popupSurface =
  'rounded-control border border-line bg-raised text-ink shadow-popup outline-none transition-opacity data-starting-style:opacity-0 data-ending-style:opacity-0'

/** One row of a floating list. */
export const popupItem =
  'flex min-h-7 cursor-default items-center gap-2 rounded-mark px-2 py-1 text-body outline-none select-none data-highlighted:bg-hover data-disabled:opacity-50'
