/** What providers and models want of a request: pure facts, by provider and name. */
export { connectionHeaders, credentialHeaders, isAwsKeyPair, isServiceAccount } from './credential-headers.ts'
export { knownAbilities, sharedAbilities } from './known-abilities.ts'
export { guessModelKind } from './model-kind.ts'
export { modelAbilities, type ModelAbilities } from './model-abilities.ts'
export { wireFormat } from './wire-format.ts'
