/** What models can do, as far as it decides how a request to them is written. Pure facts, by provider and name. */
export { modelAbilities, type ModelAbilities } from './model-abilities.ts'
export { wireFormat } from './wire-format.ts'
