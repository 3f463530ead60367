import { AppError } from '@ratchet/contract'

/** A request that cannot be understood; `param` names the field as clients write it, such as "messages[2].content". */
export function invalidField(param: string, message: string): AppError {
  return new AppError('validation_failed', { message, details: { param } })
}

/** A value as it is quoted in a message: short, whatever it is. */
export function quoteValue(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`
}
