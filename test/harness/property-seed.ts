import fc from 'fast-check'

// Set by `.ci/run`: the same sources are tested with the same values, and other sources with others.
const { RATCHET_TEST_SEED: seed } = process.env
if (seed !== undefined) fc.configureGlobal({ seed: Number(seed) })
