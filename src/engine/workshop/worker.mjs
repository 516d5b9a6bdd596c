/** The worker's first file, in plain JavaScript: a worker thread knows no TypeScript before this has run. */
import { register } from 'tsx/esm/api'

register()
const { TASKS } = await import('./tasks.ts')

/** @param {{ task: string, given: unknown }} request */
export const work = ({ task, given }) => TASKS[task](given)
