import type { Exchange } from '../calls/exchange.ts'
import type { Admitted, Refused, Reservation } from '../limits/limited-call.ts'
import { refusalError, refusalHeaders } from '../limits/refusal.ts'

const nothingUsed = { tokens: 0, costNano: 0 }

/** Begins a call that uses no tokens within the limits of its caller, at once or when its turn comes. */
export function admitCall(exchange: Exchange, subject: string, begin: (settle: () => void) => void): void {
  const { limits } = exchange.parts
  if (!limits.isUsed) return begin(() => undefined)
  const onAdmission = (admission: Admitted | Refused): void =>
    exchange.guard(() => {
      exchange.owner = undefined
      if (admission.ok) return begin(() => settle(admission.reservation))
      exchange.sendError(refusalError(admission.refusal, Date.now()), refusalHeaders(admission.refusal))
    })
  const admission = limits.begin(exchange.limitSubjects(subject, ''), nothingUsed, Date.now())
  if (admission.ok !== 'later') return onAdmission(admission)
  exchange.owner = { onClientGone: () => admission.ticket.leave() }
  admission.ticket.wait({ onAdmission })
}

function settle(reservation: Reservation): void {
  reservation.settle(nothingUsed)
}
