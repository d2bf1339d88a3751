/** Verification of the journal: as one walk, and in ranges with a process for each core. */
import { join } from 'node:path';
import {
  foundSha256,
  requestDenied,
  stepFinished,
  stepStarted,
  type NewEntry,
} from '#core/wire/journal/index.ts';
import { openDatabase } from '../../signer/ground/database/index.ts';
import { columnsOf, sealAll, verifyJournal } from '../../signer/ground/journal/index.ts';
import { rangesAfter, verifyRanges } from '../../signer/ground/journal/verify-ranges.ts';
import { withDatabase } from './stand.ts';

const perStatement = 5000;
/** Of a request: five steps that find something, three of a second pass that find the same, its beginning and its end. */
const perRequest = 10;

function entriesOf(request: number, first: bigint): readonly NewEntry[] {
  const requestId = `0b7f8a52-0000-4000-8000-${request.toString(16).padStart(12, '0')}`;
  const steps = ['policy', 'origin', 'inspection', 'scan', 'approval'] as const;
  const common = { outcome: 'pass', durationMs: 12 } as const;
  const found = steps.map((step) =>
    stepFinished({
      ...common,
      pass: 1,
      step,
      findings: ['repository', 'workflow', 'commit'].map((what) => ({
        rule: `${step}.${what}`,
        outcome: 'pass',
        message: `Checked the ${what} of request ${request}: it is as the policy says.`,
        expected: `https://github.com/example/widget-${request}`,
        found: `https://github.com/example/widget-${request}`,
        fix: null,
        policy: { file: 'projects/widget/policies/release-signing.yaml', line: 12, column: 9 },
        path: [],
      })),
    }),
  );
  const repeated = found.slice(0, 3).map(({ body }, at) =>
    stepFinished({
      ...common,
      pass: 2,
      step: steps[at] ?? 'policy',
      same: { entry: (first + 1n + BigInt(at)).toString(), sha256: foundSha256({ ...body }) },
    }),
  );
  const events = [
    stepStarted({ pass: 1, step: 'policy' }),
    ...found,
    ...repeated,
    requestDenied({ pass: 2, step: 'scan', summary: 'The file contains malware.' }),
  ];
  return events.map((event) => ({ requestId, event }));
}

export async function journal(sizes: readonly number[]): Promise<void> {
  for (const entries of sizes)
    await withDatabase(async ({ owner, urls }) => {
      let last: Parameters<typeof sealAll>[0] = null;
      for (let made = 0; made < entries; made += perStatement) {
        const events = Array.from({ length: Math.min(perStatement, entries - made) / perRequest }, (_, at) =>
          entriesOf(made / perRequest + at, BigInt(made + at * perRequest + 1)),
        ).flat();
        const sealed = sealAll(last, new Date(), events);
        last = sealed.at(-1) ?? last;
        const { seqs, times, kinds, bodies, previousHashes, entryHashes } = columnsOf(sealed);
        await owner.query(
          `INSERT INTO signer.journal (seq, at, request_id, kind, body, previous_hash, entry_hash)
           SELECT * FROM unnest($1::bigint[], $2::timestamptz[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[])`,
          [seqs, times, sealed.map(({ requestId }) => requestId), kinds, bodies, previousHashes, entryHashes],
        );
      }
      await owner.query('VACUUM ANALYZE signer.journal');
      const bytes = await owner.query<{ bytes: string }>(
        `SELECT pg_total_relation_size('signer.journal') AS bytes`,
      );
      const size = `${(Number(bytes.rows[0]?.bytes) / 1e6).toFixed(0)} MB`;
      const database = openDatabase(urls.signer, (error) => {
        throw error;
      });
      try {
        const one = await perSecond(entries, () => verifyJournal(database));
        const ranges = await rangesAfter(database, 0n);
        const program = [join(import.meta.dirname, 'verify-range.ts'), urls.signer];
        const many = await perSecond(entries, () => verifyRanges(ranges, program));
        console.log(
          `journal, ${entries} entries, ${size}: ${one} a second in one walk, ${many} in ${ranges.length} ranges, a process for each core`,
        );
      } finally {
        await database.close();
      }
    });
}

async function perSecond(
  entries: number,
  verify: () => Promise<{ readonly intact: boolean }>,
): Promise<number> {
  const start = performance.now();
  const { intact } = await verify();
  if (!intact) throw new Error('the journal is broken');
  return Math.round(entries / ((performance.now() - start) / 1000));
}
