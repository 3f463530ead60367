import type { Exchange } from '../calls/exchange.ts'
import type { Admitted, Refused, Reservation } from '../limits/limited-call.ts'
import { refusalError, refusalHeaders } from '../limits/refusal.ts'

const nothingUsed = { tokens: 0, costNano: 0 }
/** The least that is not nothing: a budget that is used up, or a full limit of cost, refuses it. */
const costsLater = { tokens: 0, costNano: 1 }

type AdmittedCall = {
  /** `connection/model`, or the connection alone. */
  readonly subject: string
  /** It begins work that costs money, though nobody knows yet how much. */
  readonly isCharged?: boolean
}

/** Begins a call that itself uses nothing within the limits of its caller, at once or when its turn comes. */
export function admitCall(
  exchange: Exchange,
  { subject, isCharged }: AdmittedCall,
  begin: (settle: () => void) => void,
): void {
  const { limits } = exchange.parts
  if (!limits.isUsed) return begin(() => undefined)
  const onAdmission = (admission: Admitted | Refused): void =>
    exchange.guard(() => {
      exchange.owner = undefined
      if (admission.ok) return begin(() => settle(admission.reservation))
      exchange.sendError(refusalError(admission.refusal, Date.now()), refusalHeaders(admission.refusal))
    })
  const estimate = isCharged === true ? costsLater : nothingUsed
  const admission = limits.begin(exchange.limitSubjects(subject, ''), estimate, Date.now())
  if (admission.ok !== 'later') return onAdmission(admission)
  exchange.owner = { onClientGone: () => admission.ticket.leave() }
  admission.ticket.wait({ onAdmission })
}

function settle(reservation: Reservation): void {
  reservation.settle(nothingUsed)
}
