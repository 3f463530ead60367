import type { me, OutputOf, Permission } from '@ratchet/contract'
import { createContext, useContext } from 'react'

export type Me = OutputOf<typeof me>

/** Who is signed in; undefined until the first answer. */
export const MeContext = createContext<Me | undefined>(undefined)

export function useMe(): Me | undefined {
  return useContext(MeContext)
}

/** Whether the caller may do this. True until known, so that buttons do not flicker; the server decides anyway. */
export function useMay(permission: Permission): boolean {
  const caller = useContext(MeContext)
  return caller === undefined || caller.permissions.includes(permission)
}
