/**
 * Guardrails without I/O: detectors that find personal data, secrets, injection signals and broken rules in a
 * text, redaction of what they find, and a window that does the same to a stream however it is cut. Detectors
 * run in linear time and report exact places. Checks that need another service are the gateway's business.
 */
export { makeDetector } from './make-detector.ts'
export { makeDetectors, type Detectors } from './make-detectors.ts'
export type { Detector, Finding, Part } from './finding.ts'
export { redact, type RedactionStyle } from './redact.ts'
export { redactJson } from './json-text.ts'
export { StreamWindow, type StreamRelease, type StreamWindowOptions } from './stream-window.ts'
export { measureDetectors, type DetectorMeasure, type Rate } from './measure/measure-detectors.ts'
export { readLabelledCases, type LabelledCase } from './measure/labelled-case.ts'
