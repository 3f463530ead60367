import { fitText } from './text-width.ts'

export type Progress = {
  /** Shows the state of work that counts: a bar on a terminal, a line per tenth elsewhere. */
  report(done: number, total: number, message?: string): void
  /** Takes the bar away. */
  end(): void
}

type Stream = { write(text: string): unknown; readonly isTerminal: boolean; readonly columns: number }

/** Progress on stderr, so that stdout stays the result. */
export function makeProgress(stream: Stream, title: string, isSilent = false): Progress {
  let lastTenth = -1
  let isShown = false
  return {
    report(done, total, message = '') {
      if (isSilent || total <= 0) return
      const share = Math.min(1, done / total)
      if (stream.isTerminal) {
        isShown = true
        const line = `${title} ${bar(share, 24)} ${done}/${total} ${message}`
        stream.write(`\r\u001b[2K${fitText(line, stream.columns - 1)}`)
        return
      }
      const tenth = Math.floor(share * 10)
      if (tenth === lastTenth) return
      lastTenth = tenth
      stream.write(`${title}: ${done}/${total}${message ? ` ${message}` : ''}\n`)
    },
    end() {
      if (isShown) stream.write('\r\u001b[2K')
      isShown = false
    },
  }
}

function bar(share: number, width: number): string {
  const full = Math.round(share * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}
