// Adds to package-lock.json the optional packages of other platforms that the registry of this machine does not have.
// `npm ci` wants all of them in the lockfile, on every platform, and refuses otherwise; `npm install` leaves out what
// it cannot look up. The pins come from the packages that name them. What is added has no checksum: npm adds that
// where the registry has the package. Run it after `npm install` has changed the lockfile.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { root } from './bootstrap.mjs'

/**
 * The entries that `packages` of a lockfile lacks: every optional dependency that no entry answers, by its path.
 * Throws when one is not pinned, or when its name does not say for which platform it is.
 */
export function missingEntries(packages) {
  const missing = {}
  for (const [path, entry] of Object.entries(packages))
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      if (isAnswered(packages, path, name)) continue
      if (!/^\d+\.\d+\.\d+[\w.-]*$/.test(version))
        throw new Error(`${path} wants ${name}@${version}, which is no pin.`)
      const { cpu, os, libc } = platformOf(name)
      missing[`node_modules/${name}`] = {
        version,
        cpu: [cpu],
        ...(entry.dev ? { dev: true } : {}),
        ...(libc ? { libc: [libc] } : {}),
        ...(entry.license ? { license: entry.license } : {}),
        optional: true,
        ...(os ? { os: [os] } : {}),
      }
    }
  return missing
}

/** As Node looks for it: inside the package that wants it, then in the folders around it. */
function isAnswered(packages, path, name) {
  if (`${path === '' ? '' : `${path}/`}node_modules/${name}` in packages) return true
  if (path === '') return false
  const end = path.lastIndexOf('/node_modules/')
  return isAnswered(packages, end === -1 ? '' : path.slice(0, end), name)
}

/** From names such as `@scope/binding-linux-arm-gnueabihf`. */
export function platformOf(name) {
  if (name.endsWith('wasm32-wasi')) return { cpu: 'wasm32' }
  const match =
    /(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(gnu|musl|msvc|eabi|gnueabihf|musleabihf))?$/.exec(
      name,
    )
  if (!match) throw new Error(`The name ${name} does not say for which platform it is.`)
  const [, os, cpu, build] = match
  const libc = { gnu: 'glibc', musl: 'musl' }[build]
  return { cpu, os, libc }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = join(root, 'package-lock.json')
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const missing = missingEntries(lock.packages)
  const sorted = Object.entries({ ...lock.packages, ...missing }).sort(([a], [b]) => a.localeCompare(b, 'en'))
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`)
  process.stdout.write(
    `${Object.keys(missing).length} packages of other platforms added to package-lock.json.\n`,
  )
}
