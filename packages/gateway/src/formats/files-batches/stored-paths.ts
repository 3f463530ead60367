/** What can be done with files, uploads and batches. */
export type StoredOperation =
  | 'create-file'
  | 'list-files'
  | 'read-file'
  | 'read-file-content'
  | 'delete-file'
  | 'create-upload'
  | 'add-upload-part'
  | 'complete-upload'
  | 'cancel-upload'
  | 'create-batch'
  | 'list-batches'
  | 'read-batch'
  | 'cancel-batch'

type StoredPath = {
  readonly operation: StoredOperation
  readonly method: 'GET' | 'POST' | 'DELETE'
  /** Behind `/v1`; `{id}` stands for the provider's id. */
  readonly template: string
}

export const storedPaths: readonly StoredPath[] = [
  { operation: 'create-file', method: 'POST', template: '/files' },
  { operation: 'list-files', method: 'GET', template: '/files' },
  { operation: 'read-file', method: 'GET', template: '/files/{id}' },
  { operation: 'delete-file', method: 'DELETE', template: '/files/{id}' },
  { operation: 'read-file-content', method: 'GET', template: '/files/{id}/content' },
  { operation: 'create-upload', method: 'POST', template: '/uploads' },
  { operation: 'add-upload-part', method: 'POST', template: '/uploads/{id}/parts' },
  { operation: 'complete-upload', method: 'POST', template: '/uploads/{id}/complete' },
  { operation: 'cancel-upload', method: 'POST', template: '/uploads/{id}/cancel' },
  { operation: 'create-batch', method: 'POST', template: '/batches' },
  { operation: 'list-batches', method: 'GET', template: '/batches' },
  { operation: 'read-batch', method: 'GET', template: '/batches/{id}' },
  { operation: 'cancel-batch', method: 'POST', template: '/batches/{id}/cancel' },
]

export type StoredCall = {
  readonly operation: StoredOperation
  readonly template: string
  /** As the client wrote it, decoded; empty for paths without one. */
  readonly id: string
}

/** What a request for `/v1/files...`, `/v1/uploads...` or `/v1/batches...` wants; undefined when it is none of them. */
export function matchStoredPath(method: string, path: string): StoredCall | undefined {
  const [version, kind, rawId, last, ...more] = path.split('/').slice(1)
  if (version !== 'v1' || more.length > 0 || rawId === '') return undefined
  const middle = rawId === undefined ? '' : '/{id}'
  const template = `/${kind}${middle}${last === undefined ? '' : `/${last}`}`
  const found = storedPaths.find((stored) => stored.method === method && stored.template === template)
  const id = rawId === undefined ? '' : decodeOr(rawId)
  return found === undefined || id === undefined ? undefined : { operation: found.operation, template, id }
}

/** The path for the provider, behind its base path. */
export function writeStoredPath(template: string, id: string): string {
  return template.replace('{id}', () => encodeURIComponent(id))
}

function decodeOr(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
