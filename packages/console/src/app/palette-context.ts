import { createContext } from 'react'

/** Lets the header's button open the palette that lives at the end of the shell. */
export const PaletteContext = createContext<{ readonly open: () => void }>({ open: () => undefined })
