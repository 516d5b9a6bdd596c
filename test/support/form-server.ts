/** Form pages of an app on loopback: for stories on platforms whose forms are pages, and for those about pages. */
import type { AddressInfo } from 'node:net'
import { createAdaptorServer } from '@hono/node-server'
import { Hono } from 'hono'
import type { App } from '../../src/app.ts'
import { type FormsDeps, formRoutes } from '../../src/http/forms/routes.ts'

export interface FormServer {
  /** Where it listens, as `http://127.0.0.1:4711`. */
  readonly base: string
  close(): Promise<void>
}

/** Serves the pages of an app, which knows from now on that there are pages. */
export async function serveForms(app: Pick<App, 'pages'>, more: Partial<FormsDeps> = {}): Promise<FormServer> {
  const errors = (data: object, message: string) => {
    throw new Error(`${message}: ${JSON.stringify(data)}`)
  }
  const routes = formRoutes({ pages: app.pages, secretKey: 'a key of the test', log: { error: errors }, ...more })
  const server = createAdaptorServer({ fetch: new Hono().route('/forms', routes).fetch })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  app.pages.at(base)
  return {
    base,
    async close() {
      app.pages.at(undefined)
      await new Promise((resolve) => {
        server.close(resolve)
        if ('closeAllConnections' in server) server.closeAllConnections()
      })
    },
  }
}
