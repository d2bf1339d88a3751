import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as EngineModule from '@prisma/schema-engine-wasm';
import { PrismaPg } from '@prisma/adapter-pg';
import { Pool } from 'pg';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';

export type SchemaEngine = InstanceType<typeof EngineModule.SchemaEngine>;

interface WebAssemblyGlue {
  SchemaEngine: typeof EngineModule.SchemaEngine;
  __wbg_set_wasm(exports: WebAssembly.Exports): void;
}

/**
 * Prisma's migration engine as WebAssembly: the same engine as `prisma migrate`, without the binary that the CLI
 * would download. The package expects a bundler that can import `.wasm`, so the module is put together by hand.
 */
async function loadEngine(): Promise<WebAssemblyGlue> {
  const require = createRequire(import.meta.url);
  const gluePath = require.resolve('@prisma/schema-engine-wasm/schema_engine_bg');
  const glue = (await import(gluePath)) as WebAssemblyGlue;
  const wasm = await readFile(gluePath.replace(/\.js$/, '.wasm'));
  const { instance } = await WebAssembly.instantiate(wasm, {
    './schema_engine_bg.js': glue as unknown as WebAssembly.ModuleImports,
  });
  glue.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start === 'function') start();
  return glue;
}

/** Loaded once: the glue keeps views of one instance's memory, and a second instance would read through them. */
let engineModule: Promise<WebAssemblyGlue> | undefined;

/**
 * Prisma's adapter cuts scripts at every semicolon, also inside function bodies. PostgreSQL takes a script whole, and
 * then as one transaction: a migration is applied entirely or not at all.
 */
class WholeScriptPostgres extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await adapter.underlyingDriver().query(script);
    };
    return adapter;
  }
}

/** Runs `work` with an engine that speaks to the database at `url` through node-postgres. */
export async function withSchemaEngine<T>(
  url: string,
  datamodel: { path: string; content: string },
  work: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const { SchemaEngine } = await (engineModule ??= loadEngine());
  const pool = new Pool({ connectionString: url, max: 2, connectionTimeoutMillis: 10_000 });
  try {
    const engine = await SchemaEngine.new(
      { datamodels: [[datamodel.path, datamodel.content]] },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(new WholeScriptPostgres(pool)),
    );
    try {
      return await work(engine);
    } finally {
      engine.free();
    }
  } finally {
    await pool.end();
  }
}
