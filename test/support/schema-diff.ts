/** The SQL that takes prisma/migrations to prisma/schema, by Prisma's own engine; no server, no download. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import { pglitePool } from '../../src/engine/db/pglite.ts'

const SCHEMA = 'prisma/schema'
const MIGRATIONS = 'prisma/migrations'
/** The oid of Postgres' internal "char", which the engine's catalogue queries read and adapter-pg does not know. */
const CHAR_OID = 18
const TEXT_OID = 25

interface SchemaEngine {
  diff(request: unknown): Promise<{ exitCode: number; stdout: string | null }>
}

/** @returns `agrees`, and otherwise the SQL that is missing in the migrations */
export async function schemaDiff(): Promise<{ agrees: boolean; sql: string }> {
  const engine = await startEngine()
  const dirs = existsSync(MIGRATIONS)
    ? readdirSync(MIGRATIONS, { withFileTypes: true }).filter((d) => d.isDirectory())
    : []
  const result = await engine.diff({
    from: {
      tag: 'migrations',
      baseDir: path.resolve(MIGRATIONS),
      lockfile: {
        path: 'migration_lock.toml',
        content: readFileSync(path.join(MIGRATIONS, 'migration_lock.toml'), 'utf8'),
      },
      shadowDbInitScript: '',
      migrationDirectories: dirs
        .map((d) => d.name)
        .sort()
        .map((name) => ({
          path: name,
          migrationFile: {
            path: 'migration.sql',
            content: { tag: 'ok', value: readFileSync(path.join(MIGRATIONS, name, 'migration.sql'), 'utf8') },
          },
        })),
    },
    to: { tag: 'schemaDatamodel', files: schemaFiles().map(([file, content]) => ({ path: file, content })) },
    script: true,
    exitCode: true,
    shadowDatabaseUrl: null,
    filters: { externalTables: [], externalEnums: [] },
  })
  return { agrees: result.exitCode === 0, sql: result.stdout ?? '' }
}

const schemaFiles = (): [string, string][] =>
  readdirSync(SCHEMA)
    .filter((file) => file.endsWith('.prisma'))
    .map((file) => [path.join(SCHEMA, file), readFileSync(path.join(SCHEMA, file), 'utf8')])

async function startEngine(): Promise<SchemaEngine> {
  const panics = { set_message: (message: string) => process.stderr.write(`schema engine: ${message}\n`) }
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panics })
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'))
  const glue = (await import('@prisma/schema-engine-wasm/schema_engine_bg' as string)) as {
    __wbg_set_wasm(exports: WebAssembly.Exports): void
    SchemaEngine: { new: (options: unknown, log: () => void, factory: unknown) => Promise<SchemaEngine> }
  }
  const wasm = readFileSync(path.join(folder, 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(wasm, {
    './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports,
  })
  glue.__wbg_set_wasm(instance.exports)
  ;(instance.exports['__wbindgen_start'] as () => void)()
  const factory = {
    provider: 'postgres',
    adapterName: 'embedded',
    connect: adapter,
    connectToShadowDb: adapter,
  } as unknown as SqlDriverAdapterFactory
  return glue.SchemaEngine.new(
    { datamodels: schemaFiles() },
    () => {},
    bindMigrationAwareSqlAdapterFactory(factory as never),
  )
}

async function adapter() {
  const pg = await PGlite.create({ extensions: { btree_gist } })
  const config = pglitePool(pg) as unknown as {
    connection: { emit(name: string, message: { fields: { dataTypeID: number }[] }): unknown }
  }
  const emit = config.connection.emit.bind(config.connection)
  let chars: number[] = []
  config.connection.emit = (name, message) => {
    if (name === 'rowDescription') {
      chars = []
      message.fields.forEach((field, index) => {
        if (field.dataTypeID !== CHAR_OID) return
        field.dataTypeID = TEXT_OID
        chars.push(index)
      })
    }
    return emit(name, message)
  }
  const connected = await new PrismaPg(config as never).connect()
  // adapter-pg splits scripts at every ";", which breaks functions.
  connected.executeScript = async (script) => {
    await pg.exec(script)
  }
  const queryRaw = connected.queryRaw.bind(connected)
  connected.queryRaw = async (query) => {
    const result = await queryRaw(query)
    for (const index of chars) result.columnTypes[index] = ColumnTypeEnum.Character
    return result
  }
  connected.dispose = async () => {
    await pg.close()
  }
  return connected
}
