import type { Citation } from '../../neutral/content.ts'
import { objectField, objectsField, textField } from '../../neutral/json-field.ts'
import type { JsonObject } from '../parse-json.ts'

/** A source of a whole text block. */
export function readCitation(value: JsonObject, textLength: number): Citation {
  const location = objectField(value, 'location')
  const web = location === undefined ? undefined : objectField(location, 'web')
  const url = (web === undefined ? undefined : textField(web, 'url')) ?? textField(value, 'source')
  const title = textField(value, 'title')
  const quote = objectsField(value, 'sourceContent')
    .flatMap((content) => textField(content, 'text') ?? [])
    .join('')
  return {
    start: 0,
    end: textLength,
    ...(url === undefined ? {} : { url }),
    ...(title === undefined ? {} : { title }),
    ...(quote === '' ? {} : { quote }),
    raw: { format: 'bedrock', value },
  }
}
