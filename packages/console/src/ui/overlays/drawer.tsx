/* eslint-disable jsx-a11y/prefer-tag-over-role -- a window splitter is a separator with a value; hr has none */
import { ChevronDown, ChevronUp, Maximize2, X } from 'lucide-react'
import { type PointerEvent, type ReactElement, type ReactNode, useRef } from 'react'
import { IconButton } from '../controls/icon-button.tsx'
import { useHotkeys } from '../keyboard/use-hotkeys.ts'
import { useStoredNumber } from '../stored-value.ts'

/**
 * The docked detail beside a list: not modal, so the list stays usable, and resizable (the width is remembered).
 * Put it as the last child of a flex row. Below 900 px it covers the list.
 */
export function Drawer(props: {
  readonly label: string
  readonly title: ReactNode
  readonly children: ReactNode
  readonly onClose: () => void
  readonly onStep?: (step: 1 | -1) => void
  readonly onFullPage?: () => void
  readonly actions?: ReactNode
  /** Lists with different details remember different widths. */
  readonly name?: string
}): ReactElement {
  const range = { initial: 560, min: 360, max: 1100 }
  const [widthPx, setWidthPx] = useStoredNumber(`drawer-${props.name ?? 'detail'}`, range)
  const panel = useRef<HTMLElement>(null)
  useHotkeys([{ keys: 'Escape', label: 'Close the detail', group: 'Detail', run: props.onClose }])

  const drag = (event: PointerEvent<HTMLDivElement>): void => {
    const handle = event.currentTarget
    const right = panel.current?.getBoundingClientRect().right ?? window.innerWidth
    handle.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent): void => setWidthPx(right - moved.clientX)
    handle.addEventListener('pointermove', move)
    handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), {
      once: true,
    })
  }

  return (
    <aside
      ref={panel}
      aria-label={props.label}
      style={{ ['--drawer-width' as string]: `${String(widthPx)}px` }}
      className="absolute inset-0 z-20 flex flex-col bg-bg md:relative md:inset-auto md:w-(--drawer-width) md:max-w-[70%] md:shrink-0 md:border-l md:border-line"
    >
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label={`Width of ${props.label}`}
        aria-valuenow={widthPx}
        aria-valuemin={range.min}
        aria-valuemax={range.max}
        // A separator with a value is a control (WAI-ARIA window splitter).
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        onPointerDown={drag}
        onKeyDown={(event) => {
          if (event.key === 'ArrowLeft') setWidthPx(widthPx + 24)
          if (event.key === 'ArrowRight') setWidthPx(widthPx - 24)
        }}
        className="absolute inset-y-0 -left-1 z-10 hidden w-2 cursor-col-resize touch-none transition-colors hover:bg-accent/30 focus-visible:bg-accent/30 md:block"
      />
      <header className="flex min-h-11 shrink-0 items-center gap-1 border-b border-line pr-2 pl-4">
        <div className="min-w-0 flex-1 truncate font-medium">{props.title}</div>
        {props.actions}
        {props.onStep !== undefined && (
          <>
            <IconButton
              label="Previous"
              keys="k"
              icon={<ChevronUp size={16} />}
              onClick={() => props.onStep?.(-1)}
            />
            <IconButton
              label="Next"
              keys="j"
              icon={<ChevronDown size={16} />}
              onClick={() => props.onStep?.(1)}
            />
          </>
        )}
        {props.onFullPage !== undefined && (
          <IconButton label="Open as full page" icon={<Maximize2 size={14} />} onClick={props.onFullPage} />
        )}
        <IconButton label="Close" keys="Escape" icon={<X size={16} />} onClick={props.onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">{props.children}</div>
    </aside>
  )
}
