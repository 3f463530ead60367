/** A file of a release with its bytes. */
export type ReleaseFileContent = { readonly path: string; readonly content: Uint8Array }

/** A release that control has confirmed for a project, on this machine's disk. */
export type CachedRelease = {
  readonly project: string
  readonly digest: string
  /** Folder of the files, without links: `<cache>/<project>/<digest>/files`. */
  readonly folder: string
  readonly files: readonly ReleaseFileContent[]
  /** Version of each index by name. */
  readonly indexes: Readonly<Record<string, string>>
}
