/**
 * The durable way out for telemetry: span records go into append-only segment files before a response ends,
 * and are shipped to control in batches that control can take twice without storing twice. Bounded on disk;
 * when full, bodies go first, then records, both counted.
 */
export { startSpool, type Spool, type SpoolOptions } from './start-spool.ts'
export {
  makeSpanRecord,
  placeSpanRecord,
  type SpanDraft,
  type SpanFields,
  type SpanPlace,
} from './records/span-record.ts'
export {
  makeHttpSender,
  readSendAnswer,
  type ControlAddress,
  type SendResult,
  type SendShipment,
} from './shipping/send-shipment.ts'
export { diskFiles, type SegmentFiles } from './segments/segment-files.ts'
export type { SpoolProcess, SpoolStats } from './spool-stats.ts'
