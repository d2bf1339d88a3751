import { guards, type Area } from '../mutant.ts';

const mint = 'signer/daemon/grant/index.ts';
const mintTest = 'signer/daemon/grant/mint-grant.test.ts';
const verifySigned = 'signer/daemon/signing/verify-signed.ts';
const verifyTest = 'signer/daemon/signing/verify-signed.test.ts';

/** What stands between evidence and a signature, and between a signature and the release. */
export const grant: Area = {
  name: 'grant',
  mutants: [
    ...guards('lib/core/formats/authenticode/signing.ts', verifyTest, [
      [
        "if (Buffer.from(stated.digest).toString('hex') !== subject.digest)",
        'if (false)',
        'whose signature is over another program is withheld',
      ],
    ]),
    ...guards(verifySigned, verifyTest, [
      [
        ' &&\n    Buffer.compare(readBack.subject.content, subject.content) === 0',
        '',
        'whose signed content isn’t the one that was granted is withheld, with the same digest',
      ],
    ]),
    ...guards(mint, 'signer/daemon/grant/program.test.ts', [
      ['issuedFor === program;', 'true;', 'is refused where the project is in'],
      ['maySign(program, target.kind),', 'true,', 'is refused for a kind that the program does not sign'],
    ]),
    ...guards(mint, mintTest, [
      [
        'artifact === request.artifactSha256,',
        'true,',
        'is refused if the inspected artifact isn’t the requested one',
      ],
      ['scanned.artifactSha256 === artifact,', 'true,', 'is refused if another artifact was scanned'],
      [
        'evidence.checkedPolicyDigest === effective.digest,',
        'true,',
        'is refused if the policy changed since the checks',
      ],
      [
        "effective.policy.purpose === 'test',",
        'true,',
        'is refused without an origin for anything but tests',
      ],
      [
        'require(origin !== null,',
        'require(true,',
        'is refused if the policy names an origin and none was verified',
      ],
      [
        'origin?.digests.sha256 === artifact,',
        'true,',
        'is refused if the origin was verified for another artifact',
      ],
      [
        'subject.artifactSha256 === artifact &&',
        '',
        'is refused if the approvals are for another artifact or another request',
      ],
      [
        'subject.request === request.id,',
        'true,',
        'is refused if the approvals are for another artifact or another request',
      ],
      [
        '(origin?.claims.commit ?? null),',
        'subject.sourceCommit,',
        'is refused if the approvals are for another source commit',
      ],
      [
        'require(sameParameters(inspected.parameters, parameters),',
        'require(true,',
        'is refused if approvals or inspection are for other parameters',
      ],
      [
        'require(sameParameters(subject.parameters, parameters),',
        'require(true,',
        'is refused if approvals or inspection are for other parameters',
      ],
      [
        'subject.policyCommit === effective.commit,',
        'true,',
        'is refused if the approvals were counted under another policy',
      ],
      ['approval.approval.approvals.length >= effective.quorum,', 'true,', 'is refused one approval short'],
      ['inspected.signTargets.includes(target),', 'true,', 'is refused for a file that the inspection'],
      ['samePath(version.path, target.path),', 'true,', 'is refused for a version of a file at another path'],
      [
        'require(problem === null,',
        'require(true,',
        'is refused for a version that doesn’t descend from what was inspected',
      ],
      ['key.entry.project === request.project &&', '', 'is refused for the key of another project'],
      ['? key.entry.purpose === purpose', '? true', 'is refused for the key of another project'],
      [
        'require(revoked === null,',
        'require(true,',
        'is refused more than a minute after the revocation check, and before it',
      ],
      ['key.certificate.validFromDate <= now &&', '', 'is refused before the certificate is valid and after'],
      [
        'now <= key.certificate.validToDate,',
        'true,',
        'is refused before the certificate is valid and after',
      ],
      ['if (!condition) throw new GrantError(message);', '', 'is refused one approval short'],
    ]),
    ...guards('signer/rulings/revocations/not-revoked.ts', mintTest, [
      [
        'if (!checked.includes(key)) return',
        'if (false) return',
        'is refused if the revocation check was for another certificate',
      ],
      [
        'if (age < 0) return',
        'if (false) return',
        'is refused more than a minute after the revocation check, and before it',
      ],
      [
        'age <= validMilliseconds ?',
        'true ?',
        'is refused more than a minute after the revocation check, and before it',
      ],
      [
        'if (by !== null) return',
        'if (false) return',
        'is refused if the register lists the certificate, since there is no proof then',
      ],
    ]),
    ...guards('signer/daemon/intake/final-check.ts', 'signer/daemon/intake/final-check.test.ts', [
      ['  await context.stops.check(project);\n', '', 'proves nothing while signing is stopped'],
      [
        '  context.clock.check();\n  context.policy',
        '  context.policy',
        'proves nothing while the clock jumped',
      ],
      ['  context.policy.checkFresh();\n', '', 'proves nothing while the policy became too old meanwhile'],
      ['  if (proof.ok) {\n', '  if (proof) {\n', 'ends the request if the register lists the certificate'],
    ]),
    ...guards('signer/daemon/signing/ask-keyholder.ts', 'signer/daemon/signing/sign-file.test.ts', [
      [
        'if (!checked.ok) throw new Refused(checked.findings);',
        'if (!checked.ok) throw new Error();',
        'is not requested if the certificate was revoked meanwhile',
      ],
      [
        'const [again] = await claimGrants(context, [current]);',
        'const again = current;',
        'wait for their turn at the limit of signatures per minute, and are checked again',
      ],
    ]),
    ...guards('signer/daemon/signing/sign-file.ts', 'signer/daemon/signing/sign-file.test.ts', [
      ['  if (failed !== undefined) throw failed.reason;\n', '', 'are journalled even if another one fails'],
    ]),
    ...guards('signer/daemon/file-version/index.ts', 'signer/daemon/file-version/file-version.test.ts', [
      [
        "if (version.inspected !== inspected) return 'the file belongs to another inspection';",
        '',
        'are refused for a file',
      ],
      [
        "cause === 'inspected' && first?.sha256 === version.sha256",
        "cause === 'inspected'",
        'are refused for a file',
      ],
      ["cause === 'inspected' && first?.sha256", 'first?.sha256', 'are refused for a file'],
      ['if (!samePath(before.path, version.path)) return', 'if (false) return', 'are refused for a file'],
      ['if (replaced.length === 0) return', 'if (false) return', 'are refused for a file'],
      ['!samePath(inner.path.slice(0, -1), version.path)', 'false', 'are refused for a file'],
      ["if (inner.cause === 'inspected')", 'if (false)', 'are refused for a file'],
      ['      if (problem !== null) return problem;\n', '      void problem;\n', 'are refused for a file'],
    ]),
    ...guards(verifySigned, verifyTest, [
      [
        'if (result.problems.length > 0 || ofDocument.length > 0 || !unchanged) {',
        'if (ofDocument.length > 0 || !unchanged) {',
        'whose signature is over another program',
      ],
      [
        'readBack.subject.digest === subject.digest &&',
        'true &&',
        'that isn’t the inspected program is withheld, though its signature verifies',
      ],
      [
        "if (effective.policy.timestamp === 'none') return [];",
        'return [];',
        'without a timestamp is withheld',
      ],
      ['trustedRoots: input.timestampRoots,', 'trustedRoots: [],', 'with a signature over its bytes'],
      ['key.certificate.validFromDate <= stamp.time &&', '', 'timestamped before or after'],
      ['stamp.time <= key.certificate.validToDate;', 'true;', 'timestamped before or after'],
      [
        'if (failures(findings).length > 0) return',
        'if (input.signed.length === 0) return',
        'withholds all others if one of them is withheld',
      ],
    ]),
  ],
};
