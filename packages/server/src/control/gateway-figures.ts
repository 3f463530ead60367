import { getLocal, readRecord } from './children.ts'

const answerTimeoutMs = 1_000

/** `/metrics` of each gateway in one text. One that does not answer is left out; `ratchet_process_up` tells that. */
export async function gatewayFigures(dataFolder: string, names: readonly string[]): Promise<string> {
  const read = async (name: string): Promise<GatewayText | undefined> => {
    const socketPath = readRecord(dataFolder, name)?.socket
    if (socketPath === undefined) return undefined
    const { status, body } = await getLocal(
      { socketPath, path: '/metrics' },
      AbortSignal.timeout(answerTimeoutMs),
    )
    return status === 200 ? { name, text: body } : undefined
  }
  const texts = await Promise.all(names.map((name) => read(name).catch(() => undefined)))
  return joinFigures(texts.filter((text) => text !== undefined))
}

export type GatewayText = { readonly name: string; readonly text: string }

/** Texts in Prometheus' format as one: each line gets a label that says whose it is, each family stays together. */
export function joinFigures(texts: readonly GatewayText[]): string {
  const families = new Map<string, { readonly head: string[]; readonly lines: string[] }>()
  for (const { name, text } of texts) {
    let family: { readonly head: string[]; readonly lines: string[] } | undefined
    for (const line of text.split('\n')) {
      if (line === '') continue
      const help = /^# HELP (\S+) /.exec(line)?.[1]
      if (help !== undefined) {
        family = families.get(help) ?? { head: [], lines: [] }
        families.set(help, family)
      }
      if (family === undefined) continue
      if (!line.startsWith('#')) family.lines.push(labelled(line, name))
      else if (family.head.length < 2) family.head.push(line)
    }
  }
  return [...families.values()]
    .flatMap(({ head, lines }) => [...head, ...lines])
    .map((line) => `${line}\n`)
    .join('')
}

function labelled(line: string, name: string): string {
  const brace = line.indexOf('{')
  const space = line.indexOf(' ')
  const label = `gateway="${name}"`
  return brace !== -1 && brace < space
    ? `${line.slice(0, brace + 1)}${label},${line.slice(brace + 1)}`
    : `${line.slice(0, space)}{${label}}${line.slice(space)}`
}
