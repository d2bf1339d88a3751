import { guards, type Area } from '../mutant.ts';

const state = 'signer/rulings/emergency-stop/state.test.ts';
const exchange = 'signer/rulings/emergency-stop/exchange.db.test.ts';
const judge = 'lib/core/emergency-stop/judge.test.ts';

/** Who stops and lifts what, and that every signer hears of it. */
export const stops: Area = {
  name: 'stops',
  mutants: [
    ...guards('lib/core/approval/stop.ts', judge, [
      [
        '    message: new TextEncoder().encode(input.statement),\n',
        '    message: new Uint8Array(),\n',
        'counts from',
      ],
      ['if (age > freshMilliseconds || age < -aheadMilliseconds) {', 'if (false) {', 'doesn’t count: '],
      [
        "statement.action === 'stop' && statement.project !== null",
        'statement.project !== null',
        'doesn’t count: ',
      ],
      [
        'if (handle === undefined || others.length > 0)',
        'if (handle === undefined)',
        'doesn’t count where its key is listed',
      ],
    ]),
    ...guards('lib/core/emergency-stop/judge.ts', judge, [
      ['    project === null\n', '    project !== undefined\n', 'counts from'],
    ]),
    ...guards('signer/rulings/emergency-stop/state.ts', state, [
      [
        'if (doubt !== null) return () => false;',
        '',
        'remains if it is given again meanwhile, and if the lift can’t be verified',
      ],
      ['state.liftedHere.includes(digest) || state.past', 'state.past', 'doesn’t come back when'],
    ]),
    ...guards('signer/rulings/emergency-stop/watch.ts', state, [
      [
        'facts.project === null || facts.project === project',
        'facts.project === project',
        'keeps one project waiting and no other, or all',
      ],
      [
        'facts.project === null || facts.project === project',
        'one !== null',
        'keeps one project waiting and no other, or all',
      ],
    ]),
    ...guards('signer/rulings/emergency-stop/watch.ts', exchange, [
      [
        'if (problem !== null) throw stopped(problem);',
        '',
        'is distinguished from another one of the same name, and neither signs',
      ],
    ]),
    ...guards('signer/rulings/emergency-stop/state.ts', exchange, [
      ['BigInt(stop.seq) < BigInt(at)', 'true', 'wins over a lift before it in the journal'],
    ]),
    ...guards('signer/rulings/emergency-stop/exchange.ts', exchange, [
      [
        "place?.at ?? '-infinity'",
        "'-infinity'",
        'is found behind more malformed rows than can be remembered, and behind rows dated in the future',
      ],
      [
        'isWaiting ? [] : beforeUnverifiable(judgedEntries)',
        'judgedEntries',
        'is lifted by a statement only once the policy is known, and then reliably',
      ],
      [
        'return verdict.ok ? null : verdict.reason.slice(0, 500);',
        'return verdict === null ? "" : null;',
        'isn’t lifted by a statement that another signer accepted and this one can’t verify',
      ],
    ]),
    ...guards('signer/rulings/emergency-stop/journalled.ts', exchange, [
      [
        'if (written.has(digestOf(entry))) continue;',
        '',
        'accepted by one signer applies to both, names its signer, and is recorded once',
      ],
    ]),
    ...guards('signer/ground/journal/anchor.ts', 'signer/ground/journal/anchor.db.test.ts', [
      [
        '    await compareStops(remembered);\n',
        '',
        'doesn’t continue without the file of emergency stops, or with an older one',
      ],
    ]),
    ...guards('signer/rulings/emergency-stop/stop-file.ts', state, [
      ['if (!parsed.success) throw', 'if (false) throw', 'is not written if it couldn’t be read again'],
      [
        'Date.now() - taken.mtimeMs > abandonedMilliseconds',
        'false',
        'is written even after a writer was killed',
      ],
      [
        'revision: Math.max(revision, state.revision),',
        'revision: state.revision,',
        'that is restored keeps',
      ],
    ]),
  ],
};
