/** How much is in the fake project. */
export type FakeSize = 'empty' | 'typical' | 'overfull'
