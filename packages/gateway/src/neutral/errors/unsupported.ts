import { AppError } from '@ratchet/contract'
import type { WriteOptions } from '../codec.ts'

/** Where a writer notes what its format cannot express. */
export type Unsupported = {
  readonly dropped: string[]
  readonly options: Pick<WriteOptions, 'model' | 'dropUnsupported'>
}

/** Notes what was left out where leaving it out is the only way, so that nobody is refused over it. */
export function noteLeftOut({ dropped }: Unsupported, param: string): void {
  if (!dropped.includes(param)) dropped.push(param)
}

/**
 * Notes that `param` is left out of the request. Throws `model_unsupported` instead unless the caller allows
 * dropping; `hint` says what to do about it.
 */
export function leaveOut(target: Unsupported, param: string, hint = ''): void {
  const { options } = target
  if (options.dropUnsupported) return noteLeftOut(target, param)
  const next = hint === '' ? 'Leave it out' : `${hint}, or leave it out`
  throw new AppError('model_unsupported', {
    message: `The model "${options.model}" does not support "${param}". ${next}, or allow it to be dropped with drop_unsupported.`,
    details: { param, model: options.model },
  })
}
