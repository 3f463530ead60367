import { CollectedBytes } from '../calls/outgoing/collected-bytes.ts'

/**
 * The whole body of an answer. Throws as soon as it is larger than `limitBytes`, and ends the call then: whoever is asked
 * must not decide how much memory we spend.
 */
export async function readBounded(body: AsyncIterable<Buffer>, limitBytes: number): Promise<Buffer> {
  const bytes = new CollectedBytes(limitBytes)
  // Leaving the loop destroys the body.
  for await (const chunk of body)
    if (!bytes.add(chunk)) throw new Error(`the answer is larger than ${limitBytes} bytes`)
  return bytes.bytes()
}
