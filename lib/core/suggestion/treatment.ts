/** What a configuration should say of one file. */
import type { FormatType } from '../formats/format.ts';
import type { FollowFormatId } from '../follow/index.ts';
import { companyOf, type Own } from './own.ts';
import type { SampleFile } from './sample.ts';

export interface Treatment {
  readonly type: FormatType;
  /** null: it isn't signed. */
  readonly method: 'authenticode' | 'nuget' | 'jar' | null;
  readonly verify: boolean;
  /** It has something inside that can't be seen: somebody has to say why that may be. */
  readonly opaque: boolean;
  /** It states digests of files that get signed, and follows them; null: it doesn't. */
  readonly follows: FollowFormatId | null;
  /** For people; the same for everything that is treated alike. */
  readonly comment: string;
}

const plain = { method: null, verify: false, opaque: false, follows: null } as const;
/** Types that a configuration may declare as opaque. */
const mayBeOpaque: readonly FormatType[] = ['pe', 'file'];
const scriptEndings = /\.(?:ps1|psm1|psd1)$/i;

/** null: a file like any other, scanned and released as it is. */
export function treatmentOf(
  file: SampleFile,
  { own, verifies }: { readonly own: Own; readonly verifies: boolean },
): Treatment | null {
  const treatment = wish(file, own, verifies);
  if (file.closed.length === 0 || !mayBeOpaque.includes(treatment?.type ?? 'file')) return treatment;
  const comment = 'TODO: say in `reason` why nobody can look into it; everybody will see it.';
  return { ...(treatment ?? { type: 'file', ...plain }), opaque: true, comment };
}

function wish(file: SampleFile, own: Own, verifies: boolean): Treatment | null {
  const { facts, failed, path, name } = file;
  const type = facts?.type ?? null;
  const isScript = type === 'powershell' || (file.detected === 'text' && scriptEndings.test(name));
  switch (type) {
    case 'pe': {
      if (facts?.signed === true) return upstream(type, verifies && !failed);
      const said = companyOf(file);
      const isForeign = said !== null && own.company !== null && said !== own.company;
      if (isForeign || failed)
        return {
          type,
          ...plain,
          comment: 'Programs that say they are somebody else’s, or can’t be signed: listed, not signed.',
        };
      return signed(
        type,
        'authenticode',
        'Unsigned programs that look like the project’s own: they get signed.',
      );
    }
    case 'msi':
    case 'cab':
      if (facts?.signed === true) return upstream(type, verifies && !failed);
      return failed
        ? null
        : signed(type, 'authenticode', type === 'msi' ? 'Installers: signed.' : 'Cabinets: signed.');
    case 'nuget':
      return failed || facts?.signed === true
        ? null
        : signed(type, 'nuget', 'NuGet packages: signed as by their author.');
    case 'jar':
      if (failed || facts?.signed === true) return null;
      if (path === '') return signed(type, 'jar', 'The Java archive gets signed.');
      return own.isOwnJar(file)
        ? signed(type, 'jar', 'Java archives that look like the project’s own: they get signed.')
        : null;
    default:
      if (!isScript || failed) return null;
      if (facts?.signed === true) return upstream('powershell', verifies);
      return signed('powershell', 'authenticode', 'PowerShell scripts: signed.');
  }
}

const signed = (type: FormatType, method: Treatment['method'], comment: string): Treatment => ({
  ...plain,
  type,
  method,
  comment,
});

function upstream(type: FormatType, verify: boolean): Treatment {
  const comment = verify
    ? 'Signed by others: the signature has to hold, and leads to a root that the foundation trusts.'
    : 'Signed already, by others: listed as it is. `verify: authenticode` would hold it to that, with a root that the foundation trusts.';
  return { ...plain, type, verify, comment };
}
