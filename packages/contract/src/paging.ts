import { z } from 'zod'

/** Query of every list: at most 200 rows, continued with the opaque `cursor` of the page before. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
})
export type PageQuery = z.output<typeof pageQuery>

/** One page of rows; `nextCursor` is absent on the last page. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() })
}
export type Page<Item> = { items: Item[]; nextCursor?: string | undefined }
