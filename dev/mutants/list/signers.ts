import { guards, type Area } from '../mutant.ts';

const claims = 'signer/daemon/claims/claims.db.test.ts';
const signing = 'signer/daemon/signing/claimed.test.ts';
const elsewhere = 'signer/policy-source/elsewhere.git.test.ts';
const migration = 'prisma/migrations/20261130093000_several_signers/migration.sql';

/** Several signers on one queue, and one signature for a file. */
export const signers: Area = {
  name: 'signers',
  mutants: [
    ...guards('signer/daemon/signing/ask-keyholder.ts', signing, [
      ["asymmetricKeyType === 'rsa'", "asymmetricKeyType !== ''", 'is said to be repeatable of RSA alone'],
      [
        'if (one.made !== null) await verifyMade(context, one, one.made.signature);',
        '{}',
        'is not believed for being in the database',
      ],
      [
        'if ((await problemsBy(hash)).length === 0)',
        'if (false)',
        'ends the request where it was made by another hash function',
      ],
      [
        'if (made !== null) return { ...current, signature: made.signature };',
        '',
        'is the one that another signer’s keyholder made',
      ],
      [
        'if (!unanswered.has(error.code)) await context.claims.release([grant]);',
        'await context.claims.release([grant]);',
        'is anybody’s again where the keyholder surely didn’t sign',
      ],
    ]),
    ...guards('signer/daemon/signing/sign-file.ts', signing, [
      [
        'if (others.length > 0) throw new Refused(others.map(({ wire }) => secondSignature(wire.leafPath)));',
        '',
        'ends the request, with what was made in the journal, where it is another one',
      ],
    ]),
    ...guards('signer/daemon/claims/claims.ts', claims, [
      [
        "if (row.outcome === 'lease-lost') throw new LeaseLost(lease.requestId);",
        "if (row.outcome === 'lease-lost') continue;",
        'are made by who has the lease',
      ],
      [
        "if (row.outcome === 'other-octets') throw new OtherOctetsClaimed(path);",
        "if (row.outcome === 'other-octets') continue;",
        'bind their place to octets and key for good',
      ],
      [
        "if (kept.some(({ outcome }) => outcome === 'claim-lost')) throw new LeaseLost(lease.requestId);",
        '',
        'are lost to a signer that another one took them from',
      ],
    ]),
    ...guards('signer/daemon/claims/resolve.ts', claims, [
      [
        'claim.claimed_at = looked.claimed_at AND ',
        '',
        'that were made again while the keyholder’s journal was read',
      ],
      [
        ' && reachesBack(began, claim.claimed)',
        '',
        'of a signer that has the name alone, and one that began later',
      ],
      ['claim.settled && !signatures', '!signatures', 'that nobody signed are anybody’s again, once'],
      [
        'claimed_at < clock_timestamp() - make_interval(secs => $4) AS settled',
        '$3::uuid IS NOT NULL OR claimed_at < clock_timestamp() - make_interval(secs => $4) AS settled',
        'that were made a moment ago stay',
      ],
      [
        'request_id <> ALL($2::uuid[])',
        '$2::uuid[] IS NOT NULL',
        'of a dead signer are resolved by its keyholder’s journal',
      ],
    ]),
    ...guards('signer/daemon/claims/keep-resolving.ts', claims, [
      ['      await checkJournal();\n', '', 'are left alone where the keyholder’s journal isn’t the one'],
    ]),
    ...guards('signer/reconcile/confirm.ts', 'signer/reconcile/reconcile.db.test.ts', [
      ['if (!keyHolderIsWhole(compared))', 'if (false)', 'sets claims of signatures aside'],
      ['if (!keyHolderIsWhole(compared))', 'if (true)', 'leaves claims alone where'],
    ]),
    ...guards('signer/keyholder/holder/sign-grant.ts', 'signer/keyholder/holder/sign-grant.test.ts', [
      ['earlier ?? (await', '(await', 'for octets that its place has a signature of'],
      [
        '  if (earlier !== null) throw signedByAnotherHash(grant);\n',
        '',
        'by another hash function than the signature that its place has',
      ],
    ]),
    ...guards('signer/keyholder/holder/sign-document.ts', 'signer/keyholder/holder/sign-document.test.ts', [
      ['    earlier ??\n', '', 'of which the place has a signature gets that one'],
    ]),
    ...guards('signer/rulings/revocations/same-keys.ts', 'signer/rulings/revocations/same-keys.test.ts', [
      ["reason === 'keyCompromise' && ", '', 'is no other reason’s'],
      [
        'entry.project !== null && entry.holder === undefined',
        'entry.project !== null',
        'has all its certificates revoked',
      ],
    ]),
    ...guards('signer/daemon/open-register.ts', 'signer/daemon/open-register.db.test.ts', [
      [
        'withSameKeys(known, certifiedKeys(keys()))',
        'known',
        'is whole where the list names more certificates of a compromised key',
      ],
    ]),
    ...guards('signer/rulings/trust/choose-key.ts', 'signer/daemon/checks/policy.test.ts', [
      [
        'return begun.length > 0 ? begun : usable;',
        'return usable;',
        'a request that began to be signed with one',
      ],
    ]),
    ...guards(migration, claims, [
      [
        'NOT had.is_repeatable AND had.signed_at IS NULL AND had.signer_id IS NOT NULL',
        'false',
        'of a key that gives another signature each time wait for the signer that has them',
      ],
      [
        'WHERE claim.signature_sha256 IS DISTINCT FROM new.sha256;',
        'WHERE claim.signed_at IS NULL;',
        'end the request where a second, different signature was made',
      ],
      [
        '    BEFORE UPDATE ON "signer"."signature_claim"',
        '    AFTER INSERT ON "signer"."signature_claim"',
        'can’t be changed or removed in the database',
      ],
    ]),
    ...guards('prisma/grants.sql', claims, [
      [
        'REVOKE SELECT ON signer.signature_claim FROM countersign_portal;',
        '',
        'can be read by the portal’s role, but for the signature',
      ],
    ]),
    ...guards('signer/daemon/turns/turns.ts', 'signer/daemon/turns/turns.db.test.ts', [
      [
        '`${run}/${takes}`',
        'run',
        'keep a signer that lost one from writing even if the same process has the request again',
      ],
    ]),
    ...guards('signer/policy-source/policy-source.ts', elsewhere, [
      [
        'if (ahead !== null) throw',
        "if (ahead === '') throw",
        'is behind once another has accepted a newer policy',
      ],
      [
        'const last = verdict.ok ? accepted : await this.#stepTowards(accepted, head);',
        'const last: CommitSha = accepted;',
        'follows as far as another did',
      ],
    ]),
    ...guards('signer/policy-source/elsewhere.ts', elsewhere, [
      [
        '    if (!verdict.ok) continue;\n    await accept(commit, last, verdict.signers);',
        '    await accept(commit, last, verdict.ok ? verdict.signers : []);',
        'judges each commit on the way',
      ],
      [
        'if (own !== null && (await hasCommit(clone, commit)) && (await isAncestor(clone, commit, own))) return null;',
        '',
        'isn’t behind for a commit that was recorded late',
      ],
    ]),
    ...guards('signer/daemon/intake/may-take.ts', 'signer/daemon/intake/may-take.test.ts', [
      ['if (await look()) return true;', 'return true;', 'a signer that stays behind takes nothing'],
      ["error.component !== 'policy'", 'false', 'without the database nothing is taken'],
    ]),
    ...guards('signer/reconcile/release-claims.ts', 'signer/reconcile/release-claims.db.test.ts', [
      ['signer === holder && isAlive', 'false && isAlive', 'nothing is released of a signer that runs'],
    ]),
    ...guards('lib/platform/health/signer-states.ts', 'lib/platform/health/signer-states.db.test.ts', [
      [
        "parts.every((part) => part.state !== 'down')",
        'parts.length > 0',
        'parts that are up at different signers make none',
      ],
    ]),
  ],
};
