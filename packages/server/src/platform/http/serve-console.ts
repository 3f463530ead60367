import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

type StaticFile = {
  readonly bytes: Buffer<ArrayBuffer>
  readonly type: string
  readonly tag: string
  zipped?: Buffer<ArrayBuffer>
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.txt': 'text/plain; charset=utf-8',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
}
const compressible = /^text\/|json|javascript|svg|wasm/
const zip = promisify(gzip)

/**
 * Serves the built console from memory: hashed assets for ever, everything else by ETag, `index.html` for the
 * console's own paths. Inline scripts of `index.html` are allowed by their hash and nothing else inline runs.
 * Returns undefined for what is not its business (API paths, missing assets, other methods).
 */
export async function serveConsole(
  distFolder: string,
): Promise<(request: Request) => Promise<Response | undefined>> {
  const files = await readFiles(distFolder)
  const index = files.get('/index.html')
  const security = securityHeaders(index?.bytes.toString('utf8') ?? '')
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return undefined
    const path = decodePath(new URL(request.url).pathname)
    const file = files.get(path === '/' ? '/index.html' : path)
    if (file) return send(request, file, path, security)
    // A missing asset must not become HTML: an old tab would then run it as a script.
    if (!index || extname(path) !== '' || /^\/(api|v1|internal|assets)\//.test(path)) return undefined
    return send(request, index, '/index.html', security)
  }
}

async function readFiles(folder: string): Promise<Map<string, StaticFile>> {
  const files = new Map<string, StaticFile>()
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  for (const entry of entries) {
    if (!entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    const bytes = await readFile(file)
    const tag = `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`
    const type = contentTypes[extname(entry.name)] ?? 'application/octet-stream'
    files.set(`/${relative(folder, file).split(sep).join('/')}`, { bytes, type, tag })
  }
  return files
}

async function send(
  request: Request,
  file: StaticFile,
  path: string,
  security: Readonly<Record<string, string>>,
): Promise<Response> {
  const hashed = /^\/assets\/.*-[\w-]{8,}\.\w+$/.test(path)
  const headers = new Headers({
    ...security,
    'content-type': file.type,
    'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    etag: file.tag,
    vary: 'accept-encoding',
  })
  if ((request.headers.get('if-none-match') ?? '').includes(file.tag))
    return new Response(null, { status: 304, headers })
  let body = file.bytes
  if (compressible.test(file.type) && /\bgzip\b/.test(request.headers.get('accept-encoding') ?? '')) {
    file.zipped ??= Buffer.from(await zip(file.bytes))
    body = file.zipped
    headers.set('content-encoding', 'gzip')
  }
  headers.set('content-length', String(body.byteLength))
  return new Response(request.method === 'HEAD' ? null : body, { headers })
}

function securityHeaders(html: string): Readonly<Record<string, string>> {
  const hashes = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    (match) =>
      `'sha256-${createHash('sha256')
        .update(match[1] ?? '')
        .digest('base64')}'`,
  )
  const policy = [
    "default-src 'self'",
    ["script-src 'self'", ...hashes].join(' '),
    // The code editor and the flow graph write style elements at run time.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self'",
    "worker-src 'self' blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-frame-options': 'DENY',
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  }
}

function decodePath(pathname: string): string {
  try {
    return decodeURIComponent(pathname)
  } catch {
    // Not a path of ours; looked up as it is and not found.
    return pathname
  }
}
