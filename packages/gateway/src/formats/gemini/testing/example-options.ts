import type { AnswerOptions } from '../../../neutral/codec.ts'

export const exampleOptions: AnswerOptions = {
  model: 'asked-model',
  id: 'made-id',
  createdS: 1_795_000_000,
  wantsUsage: true,
  request: {
    from: 'gemini',
    model: 'asked-model',
    messages: [],
    isStream: true,
    wantsUsage: true,
    tools: [],
    extra: {},
  },
}
