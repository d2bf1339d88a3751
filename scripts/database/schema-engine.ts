import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as EngineModule from '@prisma/schema-engine-wasm';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool, type PoolConfig, type QueryResult } from 'pg';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

export type SchemaEngine = EngineModule.SchemaEngine;

interface WebAssemblyGlue {
  SchemaEngine: typeof EngineModule.SchemaEngine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/**
 * Prisma's migration engine as WebAssembly: the same engine as `prisma migrate`, without the binary that the CLI
 * would download. The package expects a bundler that can import `.wasm`, so the module is assembled here.
 */
async function loadEngine(): Promise<WebAssemblyGlue> {
  const require = createRequire(import.meta.url);
  const gluePath = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = (await import(gluePath)) as WebAssemblyGlue;
  const wasm = await readFile(gluePath.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, {
    './schema_engine_bg.js': withoutLastingTimers(glue),
  });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') (start as () => void)();
  return glue;
}

/**
 * The engine guards its advisory lock with a timer of 10 s that it never clears. Unreferenced, the timer does its work
 * and yet lets the process end before.
 */
function withoutLastingTimers(glue: WebAssemblyGlue): WebAssembly.ModuleImports {
  const imports: WebAssembly.ModuleImports = { ...(glue as unknown as WebAssembly.ModuleImports) };
  for (const name of Object.keys(imports).filter((each) => each.startsWith('__wbg_setTimeout'))) {
    imports[name] = (callback: () => void, milliseconds: number) =>
      setTimeout(callback, milliseconds >>> 0).unref();
  }
  return imports;
}

/** Loaded once: the glue keeps views of one instance's memory, and a second instance would read through them. */
let engineModule: Promise<WebAssemblyGlue> | undefined;

const internalCharType = 18;
const textType = 25;

/** By the rows of a result: which of its columns have the type "char". */
const charColumns = new WeakMap<object, readonly number[]>();

/**
 * PostgreSQL's catalogues hold columns of the one-byte type "char", which Prisma's adapter refuses although the engine
 * needs them to describe a database. They pass the adapter as text and get their type back behind it.
 */
class CatalogueReadingPool extends Pool {
  constructor(config: PoolConfig) {
    super(config);
    const query = this.query.bind(this) as (...args: unknown[]) => Promise<QueryResult | QueryResult[]>;
    this.query = (async (...args: unknown[]) => {
      const result = await query(...args);
      if (Array.isArray(result)) return result; // a script of several statements; nobody reads its results
      const columns = result.fields.flatMap((field, index) =>
        field.dataTypeID === internalCharType ? [index] : [],
      );
      for (const field of result.fields) {
        if (field.dataTypeID === internalCharType) field.dataTypeID = textType;
      }
      charColumns.set(result.rows, columns);
      return result;
    }) as Pool['query'];
  }
}

/**
 * Prisma's adapter cuts scripts at every semicolon, also inside function bodies. PostgreSQL takes a script whole, and
 * then as one transaction: a migration is applied entirely or not at all.
 */
class MigratingPostgres extends PrismaPg {
  /** What PostgreSQL said of a script that failed: of that the engine reports no more than a number. */
  failure: unknown = null;

  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    adapter.queryRaw = async (query) => {
      const result = await queryRaw(query);
      for (const column of charColumns.get(result.rows) ?? []) {
        result.columnTypes[column] = ColumnTypeEnum.Character;
      }
      return result;
    };
    adapter.executeScript = async (script) => {
      try {
        await adapter.underlyingDriver().query(script);
      } catch (error) {
        this.failure = error;
        throw error;
      }
    };
    return adapter;
  }
}

/** How long any statement of a migration waits for a table that somebody else has locked, in milliseconds. */
export const lockTimeout = 30_000;

/** Runs `work` with an engine that speaks to the database at `url` through node-postgres. */
export async function withSchemaEngine<T>(
  url: string,
  datamodel: { path: string; content: string },
  work: (engine: SchemaEngine) => Promise<T>,
  lockMilliseconds = lockTimeout,
): Promise<T> {
  const { SchemaEngine } = await (engineModule ??= loadEngine());
  const pool = new CatalogueReadingPool({
    connectionString: url,
    max: 2,
    connectionTimeoutMillis: 10_000,
    lock_timeout: lockMilliseconds,
  });
  const postgres = new MigratingPostgres(pool);
  try {
    const engine = await SchemaEngine.new(
      { datamodels: [[datamodel.path, datamodel.content]] },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(postgres),
    );
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } catch (error) {
    throw postgres.failure ?? error;
  } finally {
    await pool.end();
  }
}
