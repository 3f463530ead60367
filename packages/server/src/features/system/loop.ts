import type { App, Evaluation, getLoop, OutputOf } from '@ratchet/contract'

type Loop = OutputOf<typeof getLoop>
type Step = Loop['steps'][number]

export type LoopFacts = {
  readonly apps: readonly App[]
  readonly traffic: Loop['traffic']
  readonly lastEvaluation: Evaluation | undefined
}

/** Where the project stands: five steps, exactly one of them `next` until all are done, and one sentence that sums up. */
export function describeLoop(facts: LoopFacts): Loop {
  const steps = markNext([build(facts), run(facts), see(facts), judge(facts), release(facts)])
  return {
    headline: headline(facts, steps),
    steps,
    apps: [...facts.apps],
    traffic: facts.traffic,
    ...(facts.lastEvaluation ? { lastEvaluation: facts.lastEvaluation } : {}),
  }
}

type Draft = Omit<Step, 'state'> & { isDone: boolean }

function markNext(drafts: readonly Draft[]): Step[] {
  const next = drafts.findIndex((draft) => !draft.isDone)
  return drafts.map(({ isDone, ...step }, index) => ({
    ...step,
    state: isDone ? 'done' : index === next ? 'next' : 'waiting',
  }))
}

function build({ apps }: LoopFacts): Draft {
  const first = apps[0]
  return {
    id: 'build',
    isDone: apps.length > 0,
    title: 'Build',
    detail: first
      ? `${count(apps.length, 'app')}: ${apps
          .slice(0, 3)
          .map((app) => app.name)
          .join(', ')}`
      : 'Write an app as a folder of prompts and flows.',
    ...(first
      ? { link: '/apps' }
      : { command: 'npx ratchet init my-app --template rag && npx ratchet push my-app' }),
  }
}

function run({ apps, traffic }: LoopFacts): Draft {
  const app = apps[0]?.name ?? 'my-app'
  return {
    id: 'run',
    isDone: traffic.traces > 0,
    title: 'Run',
    detail:
      traffic.traces > 0
        ? `${count(traffic.traces, 'call')} in 24 hours`
        : 'Call a model or an app through the gateway.',
    link: '/playground',
    ...(traffic.traces > 0 ? {} : { command: `npx ratchet run ${app} --input question="What can you do?"` }),
  }
}

function see({ traffic }: LoopFacts): Draft {
  const errors = traffic.errors === 0 ? 'no errors' : count(traffic.errors, 'error')
  return {
    id: 'see',
    isDone: traffic.traces > 0,
    title: 'See',
    detail:
      traffic.traces > 0
        ? `${errors}${traffic.p50Ms === undefined ? '' : `, median ${Math.round(traffic.p50Ms)} ms`}`
        : 'Every call becomes a trace by itself.',
    link: '/traces',
  }
}

function judge({ lastEvaluation, apps }: LoopFacts): Draft {
  const isDone = lastEvaluation?.state === 'done'
  return {
    id: 'judge',
    isDone,
    title: 'Judge',
    detail: isDone ? evaluationSentence(lastEvaluation) : 'Measure quality over a dataset, with intervals.',
    link: '/evaluations',
    ...(isDone
      ? {}
      : { command: `npx ratchet eval ${apps[0]?.name ?? 'my-app'}/evaluations/quality.eval.yaml` }),
  }
}

function release({ apps }: LoopFacts): Draft {
  const live = apps.flatMap((app) => app.deployments.filter((deployment) => deployment.state === 'live'))
  const first = live[0]
  return {
    id: 'release',
    isDone: live.length > 0,
    title: 'Release',
    detail: first
      ? `${first.environment} serves ${first.app} ${first.arms[0]?.label ?? ''}`.trim()
      : 'Serve a release in an environment.',
    link: '/apps',
    ...(first
      ? {}
      : { command: `npx ratchet deploy ${apps[0]?.name ?? 'my-app'} --environment development` }),
  }
}

function evaluationSentence(evaluation: Evaluation): string {
  const verdict =
    evaluation.passed === null ? '' : evaluation.passed ? ', thresholds passed' : ', thresholds missed'
  return `${evaluation.name} on ${count(evaluation.progress.total, 'item')}${verdict}`
}

function headline(facts: LoopFacts, steps: readonly Step[]): string {
  const next = steps.find((step) => step.state === 'next')
  if (next) return facts.apps.length === 0 ? 'Nothing here yet. Start with an app.' : `Next: ${next.detail}`
  const served = steps.at(-1)?.detail ?? ''
  const { traces, errors } = facts.traffic
  return `${capitalise(served)}: ${count(traces, 'call')} in 24 hours, ${errors === 0 ? 'none failed' : `${errors} failed`}.`
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`
}

function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
