import type { GatewayConfig, Guardrail, GuardrailPlace, GuardrailRule } from '@ratchet/contract'

export const placeWords: Readonly<Record<GuardrailPlace, string>> = {
  input: 'Input',
  'tool-result': 'Tool results',
  output: 'Output',
}

/** What a rule does, in a sentence: "redact what pii finds". */
export function ruleWords({ action, detectors }: GuardrailRule): string {
  const what = detectors.map(({ type }) => type).join(', ')
  const verbs = {
    block: 'Blocks on',
    redact: 'Redacts',
    flag: 'Flags',
    'ask-again': 'Asks again on',
  } as const
  return `${verbs[action]} ${what}`
}

/** The places that a guardrail looks at, in their order in a call. */
export function placesOf(guardrail: Guardrail): readonly GuardrailPlace[] {
  const places: readonly GuardrailPlace[] = ['input', 'tool-result', 'output']
  return places.filter((place) => guardrail.rules.some(({ on }) => on.includes(place)))
}

/** Where a guardrail applies: every request, or the routes that name it. */
export function usesOf(
  config: GatewayConfig,
  name: string,
): { readonly everywhere: boolean; readonly routes: readonly string[] } {
  return {
    everywhere: config.defaults.guardrails.includes(name),
    routes: config.routes.flatMap((route) => (route.guardrails.includes(name) ? route.name : [])),
  }
}

/** What a new guardrail begins with, to be changed as text. */
export const guardrailTemplate = {
  name: 'personal-data',
  rules: [
    {
      name: 'mask',
      detectors: [{ type: 'pii' }],
      on: ['input', 'output'],
      action: 'redact',
      streaming: 'window',
    },
  ],
}
