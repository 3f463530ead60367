/**
 * Span export: sends every span, after it is stored, to a collector that the operator names, as OTLP over HTTP with
 * OpenTelemetry's names for generative AI. A collector that is down or slow costs spans there, never here.
 */
export { readExportSettings, type ExportSettings } from './export-settings.ts'
export { makeSpanExporter, type ExportCounts, type SpanExporter } from './span-exporter.ts'
