import { AppError, defaultEnvironments, type Page, type PageQuery, type Project } from '@ratchet/contract'
import { suggestNames } from '@ratchet/core/graph'
import type { Clock } from '#platform/clock.ts'
import type { MakeId } from '#platform/ids.ts'
import type { Db } from '#platform/postgres/database.ts'
import { isUniqueViolation, transaction } from '#platform/postgres/transaction.ts'
import { findProject, insertProject, listProjectNames, listProjectPage } from './project-store.ts'

const defaultName = 'default'
const idShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** Projects and their environments. */
export type Projects = {
  /** The project `default`, made on first use. */
  readonly ensureDefault: () => Promise<Project>
  readonly create: (name: string) => Promise<Project>
  /** By id or name; throws `not_found` with the nearest names. */
  readonly find: (idOrName: string) => Promise<Project>
  readonly list: (page: PageQuery, only?: string) => Promise<Page<Project>>
  readonly listAll: () => Promise<{ id: string; name: string }[]>
  /** Throws `not_found` with the project's environments unless it has this one. */
  readonly requireEnvironment: (project: string, environment: string) => Promise<void>
}

/** Makes the rules of projects over the database. */
export function makeProjects(parts: { db: Db; clock: Clock; makeId: MakeId }): Projects {
  const { db, clock, makeId } = parts
  // Asked for on almost every request; neither its name nor its environments change.
  let defaultProject: Project | undefined
  const find = async (idOrName: string): Promise<Project> => {
    const project = await findProject(db, idShape.test(idOrName) ? { id: idOrName } : { name: idOrName })
    if (project) return project
    const names = (await listProjectNames(db)).map((each) => each.name)
    const suggestion = suggestNames(idOrName, names)
    throw new AppError('not_found', {
      message: `There is no project "${idOrName}".${suggestion ? ` ${suggestion}` : ''}`,
      details: { project: idOrName },
    })
  }
  const create = async (name: string): Promise<Project> => {
    const project: Project = {
      id: makeId(),
      name,
      createdAt: new Date(clock.now()).toISOString(),
      environments: defaultEnvironments.map((each, position) => ({ name: each, position })),
    }
    await transaction(db, (trx) => insertProject(trx, project))
    return project
  }
  const createDefault = async (): Promise<Project> => {
    try {
      return await create(defaultName)
    } catch (error) {
      // Another control process made it a moment ago.
      if (isUniqueViolation(error, 'projects_name_key')) return find(defaultName)
      throw error
    }
  }
  return {
    find,
    create: async (name) => {
      try {
        return await create(name)
      } catch (error) {
        if (!isUniqueViolation(error, 'projects_name_key')) throw error
        throw new AppError('conflict', {
          message: `A project "${name}" exists already. Choose another name.`,
          details: { name },
          cause: error,
        })
      }
    },
    ensureDefault: async () => {
      defaultProject ??= (await findProject(db, { name: defaultName })) ?? (await createDefault())
      return defaultProject
    },
    list: (page, only) => listProjectPage(db, page, only),
    listAll: () => listProjectNames(db),
    requireEnvironment: async (projectId, environment) => {
      const project = await find(projectId)
      const names = project.environments.map((each) => each.name)
      if (names.includes(environment)) return
      throw new AppError('not_found', {
        message: `Project "${project.name}" has no environment "${environment}"; it has: ${names.join(', ')}.`,
        details: { environment, environments: names },
      })
    },
  }
}
