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
      ['if (doubt !== null) return () => false;', '', 'stays when it is given anew meanwhile'],
      ['state.liftedHere.includes(digest) || state.past', 'state.past', 'doesn’t come back when'],
    ]),
    ...guards('signer/rulings/emergency-stop/watch.ts', state, [
      [
        'facts.project === null || facts.project === project',
        'facts.project === project',
        'keeps this project waiting',
      ],
      ['facts.project === null || facts.project === project', 'one !== null', 'keeps this project waiting'],
    ]),
    ...guards('signer/rulings/emergency-stop/watch.ts', exchange, [
      ['if (problem !== null) throw stopped(problem);', '', 'is told apart from another one'],
    ]),
    ...guards('signer/rulings/emergency-stop/state.ts', exchange, [
      ['BigInt(one.seq) < BigInt(at)', 'true', 'wins over a lift before it in the journal'],
    ]),
    ...guards('signer/rulings/emergency-stop/exchange.ts', exchange, [
      ["place?.at ?? '-infinity'", "'-infinity'", 'is heard behind more nonsense than can be remembered'],
      [
        'isWaiting ? [] : beforeUnverifiable(judgedEntries)',
        'judgedEntries',
        'waits for the policy to be known',
      ],
      [
        'return verdict.ok ? null : verdict.reason.slice(0, 500);',
        'return verdict === null ? "" : null;',
        'isn’t lifted by a word that another signer took in',
      ],
    ]),
    ...guards('signer/rulings/emergency-stop/journalled.ts', exchange, [
      ['if (written.has(digestOf(entry))) continue;', '', 'taken in by one signer holds at both'],
    ]),
    ...guards('signer/ground/journal/anchor.ts', 'signer/ground/journal/anchor.db.test.ts', [
      ['    await compareStops(remembered);\n', '', 'doesn’t go on without the file of emergency stops'],
    ]),
    ...guards('signer/rulings/emergency-stop/stop-file.ts', state, [
      ['if (!parsed.success) throw', 'if (false) throw', 'is not written where it would say what nobody'],
      [
        'Date.now() - taken.mtimeMs > abandonedMilliseconds',
        'false',
        'is written, too, after somebody was killed while writing it',
      ],
      [
        'revision: Math.max(revision, state.revision),',
        'revision: state.revision,',
        'that is restored keeps',
      ],
    ]),
  ],
};
