/** What a route reads of its request: names behind the question mark, and headers. */
import { vi } from 'vitest';
import type { z } from 'zod';

/** Said of every request by HTTP itself, by a browser or by the portal's own server; OpenAPI has no parameters for them. */
const ofHttp = new Set([
  'authorization',
  'content-type',
  'content-length',
  'content-encoding',
  'accept',
  'sec-fetch-site',
]);
/** The portal's own server writes them, whoever sent what. */
const ofServer = 'x-countersign-';

interface Read {
  readonly query: ReadonlySet<string>;
  readonly headers: ReadonlySet<string>;
}

/** Names of the query that the schema given to `checkedQuery` has, and whether it is reading. */
const checked = { names: [] as string[], reads: false };

/** `checkedQuery`, watched. */
export const watchedQuery =
  <Result>(own: (request: Request, schema: z.ZodType) => Result) =>
  (request: Request, schema: z.ZodType): Result => {
    if (!('shape' in schema)) throw new TypeError('a query is checked by an object’s schema');
    checked.names.push(...Object.keys(schema.shape as object));
    checked.reads = true;
    try {
      return own(request, schema);
    } finally {
      checked.reads = false;
    }
  };

/**
 * Runs `work` and tells what it read of `request`. The query is read by name, or whole by `checkedQuery`, whose schema has the names;
 * whoever goes through it in another way fails.
 */
export async function watched<T>(
  request: Request,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly read: Read }> {
  const query = new Set<string>();
  const headers = new Set<string>();
  /** What is behind the question mark of this request, wherever it is parsed; others parse addresses, too. */
  const parsed = new WeakSet<URLSearchParams>();
  const { prototype } = URLSearchParams;
  vi.stubGlobal(
    'URL',
    class extends URL {
      constructor(...values: ConstructorParameters<typeof URL>) {
        super(...values);
        if (String(values[0]) === request.url) parsed.add(this.searchParams);
      }
    },
  );
  const spies = (['get', 'getAll', 'has'] as const).map((name) => {
    const own = Reflect.get(prototype, name) as (asked: string) => unknown;
    return vi.spyOn(prototype, name).mockImplementation(function (this: URLSearchParams, asked: string) {
      if (parsed.has(this)) query.add(asked);
      return own.call(this, asked) as never;
    });
  });
  const whole = (['entries', 'keys', 'values', 'forEach', Symbol.iterator] as const).map((name) => {
    const own = Reflect.get(prototype, name) as (...values: unknown[]) => unknown;
    return vi.spyOn(prototype, name as 'forEach').mockImplementation(function (
      this: URLSearchParams,
      ...values: unknown[]
    ) {
      if (!checked.reads && parsed.has(this)) query.add('(all of it)');
      return own.apply(this, values) as never;
    });
  });
  checked.names = [];
  const own = request.headers.get.bind(request.headers);
  request.headers.get = (name: string) => {
    const asked = name.toLowerCase();
    if (!ofHttp.has(asked) && !asked.startsWith(ofServer)) headers.add(asked);
    return own(name);
  };
  try {
    const result = await work();
    return { result, read: { query: new Set([...query, ...checked.names]), headers } };
  } finally {
    vi.unstubAllGlobals();
    for (const spy of [...spies, ...whole]) spy.mockRestore();
  }
}
