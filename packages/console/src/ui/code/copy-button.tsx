import { Check, Copy } from 'lucide-react'
import { type ReactElement, useEffect, useState } from 'react'
import { IconButton } from '../controls/icon-button.tsx'
import { showToast } from '../overlays/toast.tsx'

/** Copies a text and shows a tick for a moment. */
export function CopyButton(props: {
  readonly text: string | (() => string)
  readonly label?: string
}): ReactElement {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = (): void => {
    const text = typeof props.text === 'function' ? props.text() : props.text
    navigator.clipboard.writeText(text).then(
      () => setIsCopied(true),
      () =>
        showToast({
          title: 'Not copied',
          detail: 'The browser refused access to the clipboard. Select the text and copy it by hand.',
        }),
    )
  }
  return (
    <IconButton
      label={isCopied ? 'Copied' : (props.label ?? 'Copy')}
      icon={isCopied ? <Check size={13} className="text-ok" /> : <Copy size={13} />}
      onClick={copy}
    />
  )
}
