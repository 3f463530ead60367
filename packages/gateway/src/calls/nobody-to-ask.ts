import { AppError } from '@ratchet/contract'
import type { Plan } from '../routing/plan-targets.ts'
import type { Exchange } from './exchange.ts'
import { modelNotFound } from './resolve-model.ts'

/** The error for a route whose plan has no candidate for this request. */
export function nobodyToAsk({ caller, environment }: Exchange, { branch, route }: Plan): AppError {
  if (caller === undefined || route.name === '')
    return new AppError('unavailable', { message: 'There is nobody to ask.' })
  if (route.problems.length === 0 && branch === 'targets')
    return modelNotFound(caller.project, route.name, environment)
  return new AppError('model_not_found', {
    message:
      `The route "${route.name}" has no target for this request (${branch}). ${route.problems.join(' ')}`.trim(),
    details: { param: 'model', model: route.name, branch },
  })
}
