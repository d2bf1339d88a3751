/** Java archives (jar, war, ear, aab), and zip archives signed like them, as an artifact configuration names them. */
import type { Element, JarMetadata, JarSign } from '../../generated/index.ts';
import { fail } from '../../wire/finding/index.ts';
import { signatureFileContent } from '../signed-content/index.ts';
import type { OutsideCheck } from '../outside-check.ts';
import { defineFormat, type FileFacts, type Format, type RejudgeContext, type Rejudged } from '../format.ts';
import { signsInside } from '../signs-inside.ts';
import { verifiedAndRefused } from '../upstream/index.ts';
import { zipContainer } from '../zip/index.ts';
import { inspectJar, inspectUndeclared, type JarCheck } from './inspect.ts';
import { checkMetadata, factNames, metadataKeys, metadataNames } from './metadata.ts';
import { signatureBlocks } from './read-jar.ts';
import { existingSignature, jarSigning } from './sign.ts';

interface JarBody {
  readonly contents?: readonly Element[];
  readonly metadata?: JarMetadata;
  readonly verify?: unknown;
  readonly sign?: JarSign;
}

function compiled(body: JarBody, overrides: JarMetadata = {}) {
  const metadata: JarMetadata = { ...body.metadata, ...overrides };
  const check: JarCheck = {
    ...(Object.keys(metadata).length === 0 ? {} : { metadata }),
    ...(body.verify === undefined ? {} : { verify: true as const }),
    ...(signsInside(body.contents) ? { changes: true as const } : {}),
  };
  const refuses = body.sign !== undefined && existingSignature(body.sign) === 'refuse';
  const problems = body.verify !== undefined && refuses ? [verifiedAndRefused] : [];
  return { sign: body.sign ?? null, check: Object.keys(check).length === 0 ? null : check, problems };
}

export const jarFormat = defineFormat<'jar', JarSign, JarCheck>({
  type: 'jar',
  words: { one: 'a Java archive', many: 'Java archives' },
  compile: compiled,
  metadataKeys,
  facts: factNames,
  outside: [jarOutside(['.jar', '.war', '.ear', '.aab'])],
  describe: ({ sign, check }) => ({
    sign: sign === null ? '' : `signed as a Java archive${fateWords[existingSignature(sign)]}`,
    check: [
      describeMetadata(check?.metadata),
      check?.verify === true ? 'signed by upstream, which is verified' : '',
    ]
      .filter((text) => text !== '')
      .join('; '),
  }),
  vouches: false,
  signs: [signatureFileContent],
  identity(check) {
    const { implementationTitle, implementationVendor, bundleSymbolicName } = check?.metadata ?? {};
    const texts = [implementationTitle, implementationVendor, bundleSymbolicName];
    return { texts: texts.filter((text) => text !== undefined), open: [] };
  },
  inspect: (source, context) => inspectJar('jar', source, context),
  inspectUndeclared,
  rejudge: (facts, context) => rejudge('jar', facts, context),
  signaturesIn: signatureBlocks,
  signing: jarSigning,
  container: zipContainer,
});

export const zipFormat: Format = defineFormat<'zip', JarSign, JarCheck>({
  type: 'zip',
  words: { one: 'a zip archive', many: 'zip archives' },
  compile: (body) => compiled(body),
  metadataKeys: [],
  facts: factNames,
  outside: [jarOutside(['.zip'])],
  describe: ({ sign }) => ({
    sign: sign === null ? '' : `signed like a Java archive${fateWords[existingSignature(sign)]}`,
    check: '',
  }),
  vouches: false,
  signs: [signatureFileContent],
  identity: () => ({ texts: [], open: [] }),
  inspect: (source, context) => inspectJar('zip', source, context),
  inspectUndeclared: () => Promise.resolve(null),
  rejudge: (facts, context) => rejudge('zip', facts, context),
  signaturesIn: signatureBlocks,
  signing: jarSigning,
  container: zipContainer,
});

function jarOutside(endings: readonly string[]): OutsideCheck {
  return {
    endings,
    isBeside: false,
    program: 'jarsigner, which a JDK has',
    command: ({ file, root }) =>
      // Without the password, Java reads no certificate from a PKCS #12 file, and says that the chain is invalid.
      `keytool -importcert -noprompt -alias root -file ${root} -keystore root.p12 -storepass changeit && jarsigner -verify -strict -keystore root.p12 -storepass changeit ${file}`,
    onWindows: null,
  };
}

const fateWords = {
  refuse: '',
  append: ', next to a signature that it may carry',
  replace: ', in place of any signature that it carries',
} as const;

function describeMetadata(metadata: JarMetadata = {}): string {
  const asked = metadataKeys.flatMap((key) => {
    const value = metadata[key];
    return value === undefined ? [] : [`${metadataNames[key]} “${value}”`];
  });
  const last = asked.pop();
  if (last === undefined) return '';
  return `its manifest must say ${asked.length === 0 ? last : `${asked.join(', ')} and ${last}`}`;
}

/** From the texts that the journal kept. Archives are only read as Java archives where they were declared as such or have a manifest. */
function rejudge(
  type: 'jar' | 'zip',
  facts: FileFacts | null,
  { sign, check, policy, path, sha256 }: RejudgeContext<JarSign, JarCheck>,
): Rejudged {
  if (sign === null && check === null) return { findings: [], missing: null };
  const name = path.at(-1) ?? 'The file';
  if (facts === null || (facts.type !== 'jar' && facts.type !== 'zip'))
    return {
      findings: [],
      missing: `What the manifest of ${name} says, and whether it is signed, was not recorded.`,
    };
  const about = { path, policy, ...(sha256 === null ? {} : { sha256 }) };
  const findings =
    check?.metadata === undefined ? [] : checkMetadata(check.metadata, facts.texts ?? {}, about);
  const refused = (rule: string, message: string, fix: string): Rejudged => ({
    findings: [...findings, fail({ ...about, rule: `jar.${rule}`, message, fix })],
    missing: null,
  });
  const fate = sign === null ? null : existingSignature(sign);
  const breaks = check?.changes === true && fate !== 'replace';
  if (facts.signed && (fate === 'refuse' || breaks))
    return refused('already-signed', `${name} is signed already.`, 'Submit the archive before any signing.');
  const unfit = facts.signed && fate === 'append';
  if (check?.verify !== true) {
    const missing = unfit ? `Whether the signatures that ${name} carries fit it was not recorded.` : null;
    return { findings, missing };
  }
  if (!facts.signed)
    return refused('upstream-unsigned', `${name} is not signed.`, 'Submit the file as upstream signed it.');
  return { findings, missing: `Who signed ${name} upstream was not recorded.` };
}
