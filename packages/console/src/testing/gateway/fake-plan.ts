import * as contract from '@ratchet/contract'

const daysPerMonth = 365 / 12

/** A plan that the form can be looked at with: simple sums over mean tokens. */
export function fakePlan(
  body: contract.ParsedOf<typeof contract.createCostPlan>['body'],
  known: readonly contract.Model[],
): contract.OutputOf<typeof contract.createCostPlan> {
  const typed = 'fromTraces' in body.traffic ? undefined : body.traffic
  const requestsPerDay = body.requestsPerDay ?? typed?.requestsPerDay ?? 12_400
  const [input, output] = [typed?.inputTokens.mean ?? 1_830, typed?.outputTokens.mean ?? 214]
  const cacheableShare = body.cacheableShare ?? (typed === undefined ? 0.41 : 0)
  const repeatShare = typed === undefined ? 0.082 : undefined
  const peakFactor = body.peakFactor ?? (typed === undefined ? 4.2 : 3)
  const peakRequestsPerSecond = (requestsPerDay / 86_400) * peakFactor
  const plans = body.models.map((name) => {
    const price = known.find(({ id }) => id === name)?.price
    if (price === undefined)
      throw new contract.AppError('bad_request', {
        message: `No price is known for the model "${name}". See models with: ratchet models list; set a price in gateway.yaml under "prices".`,
        details: { model: name },
      })
    const each = (tokens: number): number => (tokens * price.inputNano + output * price.outputNano) / 1e6
    const month = (nano: number): number => Math.round(nano * requestsPerDay * daysPerMonth)
    const monthNano = month(each(input))
    const cachedNano = price.inputNano - (price.cachedInputNano ?? price.inputNano)
    return {
      name,
      monthNano,
      interval:
        typed === undefined
          ? { low: Math.round(monthNano * 0.94), high: Math.round(monthNano * 1.07) }
          : undefined,
      nanoPerRequest: Math.round(each(input)),
      peakConcurrency:
        body.tokensPerSecond === undefined && typed !== undefined
          ? undefined
          : peakRequestsPerSecond * (0.6 + output / (body.tokensPerSecond ?? 80)),
      savings: [
        {
          change: 'shorter-prompts' as const,
          savedNano: monthNano - month(each(input * (1 - body.shortenBy))),
        },
        { change: 'prompt-cache' as const, savedNano: month((input * cacheableShare * cachedNano) / 1e6) },
        ...(repeatShare === undefined
          ? []
          : [{ change: 'response-cache' as const, savedNano: Math.round(monthNano * repeatShare) }]),
        ...(body.batchableShare === 0
          ? []
          : [
              {
                change: 'batching' as const,
                savedNano: Math.round(monthNano * body.batchableShare * (1 - (body.batchPriceShare ?? 0.5))),
              },
            ]),
      ],
    }
  })
  const dearest = Math.max(0, ...plans.map(({ monthNano }) => monthNano))
  return {
    traffic: {
      ...(typed === undefined ? { recordedCalls: 86_812 } : {}),
      requestsPerDay,
      meanInputTokens: input,
      meanOutputTokens: output,
      cacheableShare,
      peakFactor,
      peakRequestsPerSecond,
      ...(repeatShare === undefined ? {} : { repeatShare }),
    },
    models: plans.map((plan) => ({ ...plan, savedByModelNano: dearest - plan.monthNano })),
  }
}
