import type { ProviderEndpoint } from '@ratchet/contract'
import type { ChatApi } from '../apis/client-api.ts'
import type { Exchange } from '../calls/exchange.ts'
import { begin, startEndpoint } from '../calls/handle-model-request.ts'
import { requiredField } from '../formats/audio/index.ts'
import { readBody } from '../http/read-body.ts'
import { askEndpoint, endpointPath, requireEndpoint } from './ask-endpoint.ts'
import { forwardForm, readFormRequest } from './form-request.ts'

/** Begins a call whose body is a form with a file. */
export function handleForm(exchange: Exchange, api: ChatApi, fileField: string): void {
  exchange.authenticate('model:invoke')
  readBody(exchange.request, exchange.snapshot().limits.bodyBytes, (error, body) =>
    exchange.guard(() => {
      if (error !== undefined) throw error
      const { request, fields } = readFormRequest(body, exchange.request.headers['content-type'] ?? '')
      requiredField(
        fields,
        fields.some(({ name }) => name === `${fileField}[]`) ? `${fileField}[]` : fileField,
      )
      exchange.identify(request.json)
      exchange.shownInput = JSON.stringify(request.json)
      begin(exchange, request, () => startEndpoint(exchange, request, api))
    }),
  )
}

/** Sends the form on; `what` names the API in a refusal. */
export function startForm(
  endpoint: ProviderEndpoint,
  call: string,
  what: string,
): NonNullable<ChatApi['endpoint']>['start'] {
  return (run, owner) => {
    const { target } = run.candidate
    const { connection, model } = target
    requireEndpoint(target, endpoint, what)
    const contentType = owner.exchange.request.headers['content-type'] ?? ''
    const path = endpointPath(connection, { model, endpoint, call })
    const body = forwardForm(owner.request, model)
    return askEndpoint(run, owner, { calls: [{ path, body, contentType }], format: 'openai-chat' })
  }
}
