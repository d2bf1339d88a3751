import { guards, type Area, type Mutant } from '../mutant.ts';

const lint = 'dev/lint/no-forged-proofs.test.ts';
const refused = 'can’t be forged by other code';

/** Without its class a proof is any object of the shape, and nobody who makes one up is told. */
const branded = (file: string, name: string, brand: string): readonly Mutant[] =>
  guards(file, lint, [[`interface ${name} extends ${brand} {`, `interface ${name} {`, refused]]);

/** What keeps proofs from being made up: what each is asked for stands with the areas of its check. */
export const proofs: Area = {
  name: 'proofs',
  mutants: [
    ...guards('eslint.config.mjs', lint, [["'countersign/no-forged-proofs': 'error',", '', refused]]),
    ...guards('dev/lint/no-forged-proofs.mjs', lint, [
      ['      TSAsExpression: checkAssertion,\n', '', refused],
      ['if (node.typeAnnotation === null) return;', 'return;', refused],
      ['node.typeArguments?.params ?? []', '[]', refused],
      ['if (copies) check(', 'if (false) check(', refused],
      ['anywhere ? checker.getContextualType', 'false ? checker.getContextualType', refused],
      ['found.set(place, file);', "if (place === '') found.set(place, file);", refused],
      [
        'if (had.get(place) === file || mayMake(file)) continue;',
        'if (mayMake(file)) continue;',
        'may be passed on',
      ],
      [
        'if (had.get(place) === file || mayMake(file)) continue;',
        'if (had.get(place) === file) continue;',
        'is made by its check',
      ],
    ]),
    ...branded('signer/daemon/checks/received.ts', 'ReceivedArtifact', 'Received'),
    ...branded('signer/daemon/checks/policy.ts', 'GoverningPolicy', 'Governed'),
    ...branded('signer/daemon/checks/inspection.ts', 'InspectedArtifact', 'Inspected'),
    ...branded('signer/daemon/checks/scan.ts', 'ScannedArtifact', 'Scanned'),
    ...branded('signer/daemon/checks/approval.ts', 'ApprovedRequest', 'Approved'),
    ...branded('signer/daemon/file-version/index.ts', 'FileVersion', 'Known'),
    ...branded('signer/rulings/revocations/not-revoked.ts', 'NotRevoked', 'RevocationCheck'),
    ...branded('lib/core/origin/verify.ts', 'VerifiedOrigin', 'Verified'),
  ],
};
