import type { GuardrailAction, StreamingMode } from '@ratchet/contract'
import type { Detector, Finding } from './finding.ts'
import { JsonText } from './json-text.ts'
import { mergeFindings, replacementOf, type Redaction, type RedactionStyle } from './redact.ts'

export type StreamWindowOptions = {
  readonly detectors: readonly Detector[]
  readonly mode: StreamingMode
  readonly action: GuardrailAction
  readonly style?: RedactionStyle
  /** The text is JSON, and is to stay JSON. */
  readonly isJson?: boolean
}

/** Text that may be sent on now, and findings that became certain. Places count from the start of the stream. */
export type StreamRelease = { readonly release: string; readonly findings: readonly Finding[] }

const nothing: StreamRelease = { release: '', findings: [] }

/**
 * Checks a text that arrives in pieces. `buffer` releases at the end; `window` holds back only what could still
 * become, or belong to, a finding; `observe` releases at once. What `window` and `buffer` release for `redact`
 * is what {@link redact} makes of the whole text, however it was cut. For `block` and `ask-again`, `window`
 * releases up to the first finding and then nothing, `buffer` nothing at all. A detector that judges the whole
 * text makes `window` wait for the end.
 */
export class StreamWindow {
  readonly #options: StreamWindowOptions
  /** Up to where each detector's verdict is final, counted from the start of the stream. */
  readonly #settled: number[]
  readonly #json: JsonText | undefined
  #buffer = ''
  #bufferStart = 0
  #released = 0
  #scannedTo = 0
  #found: Finding[] = []
  #isStopped = false
  #isEnded = false

  constructor(options: StreamWindowOptions) {
    this.#options = options
    this.#settled = options.detectors.map(() => 0)
    this.#json = options.isJson === true ? new JsonText() : undefined
  }

  /** True once `block` or `ask-again` met a finding: nothing more is released. */
  get isStopped(): boolean {
    return this.#isStopped
  }

  /** UTF-16 units that arrived and were not released. */
  get heldBack(): number {
    return this.#total - this.#released
  }

  push(text: string): StreamRelease {
    if (this.#isEnded) throw new Error('The stream was ended.')
    if (this.#isStopped && this.#options.mode !== 'observe') return nothing
    this.#buffer += text
    if (this.#options.mode === 'buffer') return nothing
    const isWorthScanning = this.#isWorthScanning()
    if (this.#options.mode === 'observe') {
      this.#released = this.#total
      return { release: text, findings: isWorthScanning ? this.#observe(false) : [] }
    }
    return isWorthScanning ? this.#advance(false) : nothing
  }

  /** No more text follows: everything that is left is checked and released. */
  end(): StreamRelease {
    if (this.#isEnded) throw new Error('The stream was ended.')
    this.#isEnded = true
    if (this.#options.mode === 'observe') return { release: '', findings: this.#observe(true) }
    return this.#isStopped ? nothing : this.#advance(true)
  }

  get #total(): number {
    return this.#bufferStart + this.#buffer.length
  }

  /**
   * What is still open is scanned again each time, so a scan waits until a quarter as much has arrived. That
   * keeps the whole work linear, also when the text comes in single characters.
   */
  #isWorthScanning(): boolean {
    const open = this.#scannedTo - Math.min(this.#scannedTo, ...this.#settled)
    return (this.#total - this.#scannedTo) * 4 >= open
  }

  #scan(isLast: boolean): void {
    for (const [index, detector] of this.#options.detectors.entries()) {
      const from = (this.#settled[index] ?? 0) - this.#bufferStart
      const { findings, settled } = detector.scanPart(this.#buffer, from, isLast)
      for (const finding of findings)
        this.#found.push({
          ...finding,
          start: finding.start + this.#bufferStart,
          end: finding.end + this.#bufferStart,
        })
      this.#settled[index] = settled + this.#bufferStart
    }
    this.#scannedTo = this.#total
  }

  #observe(isLast: boolean): readonly Finding[] {
    this.#scan(isLast)
    const findings = this.#found.sort(byPlace)
    this.#found = []
    if (findings.length > 0 && this.#stops) this.#isStopped = true
    this.#forget()
    return findings
  }

  #advance(isLast: boolean): StreamRelease {
    this.#scan(isLast)
    this.#found.sort(byPlace)
    if (this.#stops && this.#found.length > 0) return this.#stop()
    const limit = isLast ? this.#total : this.#releaseLimit()
    const findings = this.#found.filter(({ end }) => end <= limit)
    const release = this.#take(limit, this.#options.action === 'redact' ? findings : [])
    if (findings.length > 0) this.#found = this.#found.filter(({ end }) => end > limit)
    this.#forget()
    return { release, findings }
  }

  get #stops(): boolean {
    return this.#options.action === 'block' || this.#options.action === 'ask-again'
  }

  #stop(): StreamRelease {
    this.#isStopped = true
    const findings = this.#found
    const limit = Math.min(findings[0]?.start ?? 0, ...this.#settled)
    const release = this.#options.mode === 'buffer' ? '' : this.#take(Math.max(limit, this.#released), [])
    this.#found = []
    this.#buffer = ''
    this.#bufferStart = this.#released
    return { release, findings }
  }

  /** The last place that every detector is done with and that no finding crosses. */
  #releaseLimit(): number {
    let limit = Math.min(this.#total, ...this.#settled)
    for (const { start, end } of mergeFindings(this.#found)) if (start < limit && end > limit) limit = start
    // A pair of surrogates must not be torn: each half alone cannot be written as UTF-8.
    const last = this.#buffer.charCodeAt(limit - 1 - this.#bufferStart)
    return last >= 0xd800 && last <= 0xdbff && limit > this.#released ? limit - 1 : limit
  }

  #take(limit: number, findings: readonly Finding[]): string {
    const offset = this.#bufferStart
    let from = this.#released - offset
    let release = ''
    for (const { start, end, finding } of mergeFindings(findings)) {
      const place = { start: start - offset, end: end - offset, finding }
      release += this.#keep(from, place.start) + this.#replace(place)
      from = place.end
    }
    release += this.#keep(from, limit - offset)
    this.#released = limit
    return release
  }

  #keep(from: number, to: number): string {
    const kept = this.#buffer.slice(from, to)
    return this.#json?.keep(kept) ?? kept
  }

  #replace(place: Redaction): string {
    const style = this.#options.style ?? 'label'
    return this.#json?.replace(this.#buffer, place, style) ?? replacementOf(this.#buffer, place, style)
  }

  /** Drops what no detector will look at again. */
  #forget(): void {
    let keep = this.#released
    for (const [index, { lookBehind }] of this.#options.detectors.entries())
      keep = Math.min(keep, (this.#settled[index] ?? 0) - lookBehind)
    if (keep - this.#bufferStart < 1024) return
    this.#buffer = this.#buffer.slice(keep - this.#bufferStart)
    this.#bufferStart = keep
  }
}

function byPlace(first: Finding, second: Finding): number {
  return first.start - second.start || second.end - first.end
}
