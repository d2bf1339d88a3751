/** Whether the scanner's database is reliable. */
import { info, pass, type Finding } from '#core/wire/finding/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import type { ProvenDatabase } from './proven-scanner.ts';

export interface DatabaseLimits {
  readonly databaseAgeHoursMax: number;
  readonly developmentDatabase: boolean;
  readonly now: Date;
}

export function databaseFinding(input: DatabaseLimits, database: ProvenDatabase): Finding {
  const rule = 'scan.database';
  if (database.builtAt === null) {
    const found = `ClamAV ${database.engine} with local signatures only`;
    if (input.developmentDatabase) {
      return info({
        rule,
        message:
          'Development scanner: it knows little more than the EICAR test file. This says nothing about real malware.',
        found,
      });
    }
    throw new Unavailable(
      'scanner',
      `the virus scanner has no malware database (${found})`,
      'let freshclam load ClamAV’s database on the scanner’s machine',
    );
  }
  const ageHours = Math.max(0, (input.now.getTime() - database.builtAt.getTime()) / 3_600_000);
  const found = `ClamAV ${database.engine}, database ${database.version ?? '?'} of ${database.builtAt.toISOString()}`;
  if (ageHours <= input.databaseAgeHoursMax) {
    return pass({
      rule,
      message: 'The virus scanner’s database is fresh.',
      expected: `no older than ${input.databaseAgeHoursMax} h`,
      found,
    });
  }
  // Old signatures say nothing about the artifact, so this is no final refusal.
  throw new Unavailable(
    'scanner',
    `the virus scanner’s database is ${Math.round(ageHours)} hours old; at most ${input.databaseAgeHoursMax} are allowed`,
    'get freshclam running again on the scanner’s machine',
  );
}
