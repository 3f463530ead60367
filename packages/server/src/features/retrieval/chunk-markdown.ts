import { splitIntoWindows } from '@ratchet/core/retrieval'
import type { RootContent } from 'mdast'
import { toString as plainText } from 'mdast-util-to-string'
import remarkGfm from 'remark-gfm'
import remarkParse from 'remark-parse'
import { unified } from 'unified'

/** A piece of a document; `text` is `source.slice(start, end)`, `heading` the path of headings above it. */
export type Chunk = {
  readonly title: string
  readonly heading: string
  readonly text: string
  readonly start: number
  readonly end: number
}

export type ChunkSize = { readonly maxChars: number; readonly overlapChars: number }

/** A stretch of source that is not torn apart when it fits; only prose may be repeated as overlap. */
type Block = { readonly start: number; readonly end: number; readonly isProse: boolean }
type Section = { readonly heading: string; readonly blocks: Block[] }

const parser = unified().use(remarkParse).use(remarkGfm)

/**
 * Cuts Markdown (with tables) into chunks of at most `maxChars` that never cross a heading. Blocks stay whole
 * when they fit, so a fenced code block is split (at line ends) only when it alone is longer than a chunk.
 * Consecutive chunks of a section share up to `overlapChars` of prose. Front matter is not part of any chunk.
 */
export function chunkMarkdown(source: string, options: ChunkSize & { path: string }): Chunk[] {
  const bodyStart = frontMatterLength(source)
  // Blanked, not cut: every offset stays that of the source.
  const blank = source.slice(0, bodyStart).replace(/[^\n]/g, ' ')
  const tree = parser.parse(blank + source.slice(bodyStart))
  const title = titleOf(tree.children, source.slice(0, bodyStart), options.path)
  return sectionsOf(tree.children).flatMap(({ heading, blocks }) =>
    packBlocks(source, blocks, options).map(({ start, end }) => ({
      title,
      heading,
      text: source.slice(start, end),
      start,
      end,
    })),
  )
}

function frontMatterLength(source: string): number {
  // The lookahead tells front matter from a thematic break, which also is written "---".
  return /^\uFEFF?---\r?\n(?=[\w-]+:)[\s\S]*?\r?\n---[ \t]*(?:\r?\n|$)/.exec(source)?.[0].length ?? 0
}

function titleOf(nodes: readonly RootContent[], frontMatter: string, path: string): string {
  const first = nodes.find((node) => node.type === 'heading' && node.depth === 1)
  const declared = /^title:[ \t]*(.+?)[ \t]*$/m.exec(frontMatter)?.[1]?.replace(/^(["'])(.*)\1$/, '$2')
  const fileName = (path.split('/').at(-1) ?? path).replace(/\.[^.]+$/, '')
  return declared ?? (first ? plainText(first) : fileName)
}

/** Sections under their heading path (`Install > From source`); the document's own title is left out of it. */
function sectionsOf(nodes: readonly RootContent[]): Section[] {
  let section: Section = { heading: '', blocks: [] }
  const sections = [section]
  const path: { depth: number; text: string }[] = []
  for (const node of nodes) {
    if (node.type === 'heading') {
      while ((path.at(-1)?.depth ?? 0) >= node.depth) path.pop()
      path.push({ depth: node.depth, text: plainText(node) })
      const shown = path.filter((heading) => heading.depth > 1)
      section = { heading: shown.map((heading) => heading.text).join(' > '), blocks: [] }
      sections.push(section)
    } else section.blocks.push(...blocksOf(node))
  }
  return sections
}

function blocksOf(node: RootContent): Block[] {
  // Items of a list stand for themselves; a quote, table or code block is one piece.
  if (node.type === 'list') return node.children.flatMap((item) => blockAt(item, true))
  return blockAt(node, node.type === 'paragraph' || node.type === 'blockquote')
}

function blockAt(node: RootContent, isProse: boolean): Block[] {
  const start = node.position?.start.offset
  const end = node.position?.end.offset
  if (start === undefined || end === undefined || node.type === 'definition') return []
  return [{ start, end, isProse: isProse && !containsCode(node) }]
}

function containsCode(node: RootContent): boolean {
  if (node.type === 'code') return true
  return 'children' in node && node.children.some((child) => containsCode(child))
}

function packBlocks(
  source: string,
  blocks: readonly Block[],
  size: ChunkSize,
): { start: number; end: number }[] {
  const pieces = blocks.flatMap((block) => cutLong(source, block, size))
  const chunks: { start: number; end: number }[] = []
  let open: { start: number; end: number } | undefined
  let last: Block | undefined
  for (const piece of pieces) {
    if (open && piece.end - open.start <= size.maxChars) open.end = Math.max(open.end, piece.end)
    else {
      if (open) chunks.push(open)
      open = { start: overlapStart(source, last, piece, size), end: piece.end }
    }
    last = piece
  }
  if (open) chunks.push(open)
  return chunks.filter((chunk) => source.slice(chunk.start, chunk.end).trim() !== '')
}

/** Code is cut at line ends without overlap, prose at sentences with it (the windows then overlap by themselves). */
function cutLong(source: string, block: Block, { maxChars, overlapChars }: ChunkSize): Block[] {
  if (block.end - block.start <= maxChars) return [block]
  const overlap = block.isProse ? Math.min(overlapChars, Math.floor(maxChars / 2)) : 0
  return splitIntoWindows(source.slice(block.start, block.end), { maxChars, overlap }).map((window) => ({
    start: block.start + window.start,
    end: block.start + window.end,
    isProse: block.isProse,
  }))
}

/** Where a new chunk begins: at the last sentences of the prose before it, when they are short enough and fit. */
function overlapStart(source: string, before: Block | undefined, piece: Block, size: ChunkSize): number {
  const room = Math.min(size.overlapChars, size.maxChars - (piece.end - piece.start))
  if (!before?.isProse || before.end > piece.start || room < 2) return piece.start
  const tailStart = Math.max(before.start, before.end - room)
  const tail = source.slice(tailStart, before.end)
  const gap = piece.start - before.end
  for (const match of tail.matchAll(/(?<=[.!?。！？]["')\]]?\s+)\S/gu)) {
    if (tail.length - match.index + gap <= room) return tailStart + match.index
  }
  return piece.start
}
