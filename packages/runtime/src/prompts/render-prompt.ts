import { AppError, type ChatMessage } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import type { LoadedPrompt } from '../apps/loaded-app.ts'
import { coerceInput } from '../flows/coerce-input.ts'
import { historyName, renderTemplate } from '../templates/index.ts'
import { readSection } from './read-section.ts'
import { splitRoles } from './split-roles.ts'

/**
 * Renders a prompt into chat messages. Inputs are coerced to their declared types and defaults filled in; a
 * missing one throws `validation_failed`. Text without any role line is one user message.
 */
export function renderPrompt(
  prompt: LoadedPrompt,
  given: Readonly<Record<string, unknown>>,
  history: readonly ChatMessage[],
): ChatMessage[] {
  const values: Record<string, unknown> = { [historyName]: history }
  for (const [name, spec] of Object.entries(prompt.inputs)) {
    if (!Object.hasOwn(given, name) && spec.default === undefined)
      throw missingInput(prompt.path, name, Object.keys(given))
    values[name] = coerceInput(name, spec.type, Object.hasOwn(given, name) ? given[name] : spec.default)
  }
  const { lead, sections } = splitRoles(renderTemplate(prompt.template, values, { file: prompt.path }))
  if (sections.length === 0) return [{ role: 'user', content: lead.trim() }]
  if (lead.trim() !== '') {
    throw new AppError('app_invalid', {
      message: `${prompt.path}: Text stands before the first role: "${lead.trim().slice(0, 60)}". Put it under "system:".`,
      details: { file: prompt.path },
    })
  }
  const messages = sections.flatMap((section) => readSection(section, prompt.path) ?? [])
  if (messages.length > 0) return messages
  throw new AppError('validation_failed', {
    message: `${prompt.path}: All messages are empty. Check the inputs.`,
  })
}

/** The failure for an input that has no value, with the nearest of the names that were given. */
export function missingInput(file: string, name: string, given: readonly string[]): AppError {
  const near = suggestNames(name, given)
  const hint =
    near === ''
      ? `Give it, or set a default in ${file}.`
      : `You gave ${near.replace(/^Did you mean |\?$/g, '')}.`
  return new AppError('validation_failed', {
    message: `Input "${name}" of ${file} has no value. ${hint}`,
    details: { input: name, file, given },
  })
}
