import type { SetBody } from '../generated/index.ts';
import type { WrittenBody } from './places.ts';
import type { ConfigurationProblem } from './problem.ts';

/** How a type is called in a sentence; those that are missing are called as they are written. */
const names: Partial<Record<SetBody['type'], string>> = {
  msi: 'Windows Installer files (msi)',
  cab: 'cabinet files (cab)',
  appx: 'app packages (appx)',
  msix: 'app packages (msix)',
  catalog: 'security catalogs (catalog)',
  powershell: 'PowerShell scripts (powershell)',
  'windows-script': 'JavaScript and VBScript files (windows-script)',
  opc: 'OPC packages (opc)',
  nuget: 'NuGet packages (nuget)',
  jar: 'Java archives (jar)',
  apk: 'Android packages (apk)',
  rpm: 'RPM packages (rpm)',
  deb: 'Debian packages (deb)',
  xml: 'XML documents (xml)',
  'office-oxml': 'Office documents (office-oxml)',
  'office-binary': 'Office documents (office-binary)',
  oci: 'container images (oci)',
};

/** The language knows more than this version of the signer can do; what it can't do is an error, not a promise. */
export function unsupportedProblems(written: WrittenBody): readonly ConfigurationProblem[] {
  const { body } = written;
  switch (body.type) {
    case 'pe':
      return unsupportedInProgram(body, written);
    case 'zip':
      return body.sign === undefined
        ? []
        : [
            notYet(
              written,
              ['sign', 'method'],
              'sign zip files as Java archives',
              'Remove `sign` from the element.',
            ),
          ];
    case 'directory':
      return body.sign === undefined
        ? []
        : [
            notYet(
              written,
              ['sign', 'method'],
              'sign ClickOnce manifests in directories',
              'Remove `sign` from the element.',
            ),
          ];
    case 'file':
      return body.sign === undefined
        ? []
        : [
            notYet(
              written,
              ['sign', 'method'],
              `sign plain files (${body.sign.method})`,
              'Remove `sign`: the file is scanned and released as it is.',
            ),
          ];
    case 'tar':
    case 'tar.gz':
      return [];
    default: {
      const name = names[body.type] ?? body.type;
      const verb = body.sign !== undefined ? 'sign' : 'contents' in body ? 'open' : 'check';
      const fix = 'Use `type: file` where it is enough that the file is scanned and released as it is.';
      return [...notYetMethod(written), notYet(written, ['type'], `${verb} ${name}`, fix)];
    }
  }
}

function unsupportedInProgram(
  body: Extract<SetBody, { type: 'pe' }>,
  written: WrittenBody,
): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  if (body.verify !== undefined) {
    const fix =
      'Remove `verify`; where upstream signed the program, remove `sign` too, and it stays as it is.';
    problems.push(
      notYet(written, ['verify'], 'verify the signature of pe files before it signs anything', fix),
    );
  }
  const { existingSignature = 'refuse', hashAlgorithm = 'sha256' } = body.sign ?? {};
  if (existingSignature !== 'refuse') {
    const what = `sign pe files that are signed already (${existingSignature})`;
    const fix = 'Write `existingSignature: refuse` and submit the programs unsigned.';
    problems.push(notYet(written, ['sign', 'existingSignature'], what, fix));
  }
  if (hashAlgorithm !== 'sha256') {
    const what = `sign pe files with ${hashAlgorithm}`;
    problems.push(notYet(written, ['sign', 'hashAlgorithm'], what, 'Write sha256, or remove the line.'));
  }
  return problems;
}

const packageMethods: Partial<Record<SetBody['type'], string>> = {
  opc: 'opc',
  nuget: 'nuget',
  jar: 'jar',
  apk: 'apk',
  rpm: 'rpm',
  deb: 'debsigs',
};

function notYetMethod({ body, steps }: WrittenBody): readonly ConfigurationProblem[] {
  const wanted = packageMethods[body.type];
  const method = 'sign' in body ? body.sign.method : undefined;
  if (wanted === undefined || method === undefined || method === wanted) return [];
  return [
    {
      rule: 'rule.sign-method',
      path: [...steps, 'sign', 'method'],
      message: `Files of type ${body.type} can’t be signed by method ${method}.`,
      fix: `Write \`${wanted}\`.`,
    },
  ];
}

function notYet(
  { steps }: WrittenBody,
  place: readonly string[],
  what: string,
  fix: string,
): ConfigurationProblem {
  return {
    rule: 'rule.unsupported',
    path: [...steps, ...place],
    message: `This version of the signer can’t ${what} yet.`,
    fix,
  };
}
