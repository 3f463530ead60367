/**
 * Datasets: rows of inputs and expectations that evaluations run over. Content names the version, so results
 * are always about exactly the rows they were measured on.
 */
export { datasetsMigrations } from './tables.ts'
export { makeDatasets, type Datasets } from './datasets.ts'
export { mountDatasetsRoutes } from './routes.ts'
