/** Graphs of named nodes: the order in which a flow can run, what is wrong with it, and "did you mean". */
export { planFlow, type FlowNode, type FlowPlan, type FlowProblem } from './plan-flow.ts'
export { nearestNames, suggestNames } from './nearest-names.ts'
export { editDistance } from './edit-distance.ts'
