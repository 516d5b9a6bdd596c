/** Where the parts of the product tell what happened to whoever runs it. Never a secret, never what people said. */
export interface Log {
  info(data: object, message: string): void
  warn(data: object, message: string): void
  error(data: object, message: string): void
}

/** Tells nobody. */
export const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} }
