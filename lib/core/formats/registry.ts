/**
 * Every type that an artifact configuration can name, and its record. A type of the schema without one is a compile error:
 * what the signer can't do is stated, not forgotten.
 */
import { tarFormat, tarGzipFormat } from './archive-formats.ts';
import { cabFormat } from './cab/index.ts';
import { catalogFormat } from './catalog/index.ts';
import type { Format, FormatType } from './format.ts';
import { jarFormat, zipFormat } from './jar/index.ts';
import { msiFormat } from './msi/index.ts';
import { notYet } from './not-yet.ts';
import { nugetFormat } from './nuget/index.ts';
import { peFormat } from './pe/index.ts';
import { powershellFormat } from './powershell/index.ts';
import { windowsScriptFormat } from './windows-script/index.ts';
import { plainFile } from './file/index.ts';
import { xmlFormat } from './xml/index.ts';
import { signatureFileContent, spcContent } from './signed-content/index.ts';

export const formats: Readonly<Record<FormatType, Format>> = {
  'tar.gz': tarGzipFormat,
  tar: tarFormat,
  zip: zipFormat,
  pe: peFormat,
  msi: msiFormat,
  cab: cabFormat,
  appx: notYet('appx', 'app packages (appx)', { signs: [spcContent] }),
  msix: notYet('msix', 'app packages (msix)', { signs: [spcContent] }),
  catalog: catalogFormat,
  powershell: powershellFormat,
  'windows-script': windowsScriptFormat,
  opc: notYet('opc', 'OPC packages (opc)', { method: 'opc' }),
  nuget: nugetFormat,
  jar: jarFormat,
  apk: notYet('apk', 'Android packages (apk)', { method: 'apk', signs: [signatureFileContent] }),
  rpm: notYet('rpm', 'RPM packages (rpm)', { method: 'rpm' }),
  deb: notYet('deb', 'Debian packages (deb)', { method: 'debsigs' }),
  xml: xmlFormat,
  'office-oxml': notYet('office-oxml', 'Office documents (office-oxml)', { signs: [spcContent] }),
  'office-binary': notYet('office-binary', 'Office documents (office-binary)', { signs: [spcContent] }),
  oci: notYet('oci', 'container images (oci)'),
  file: plainFile,
};

export const formatTypes = Object.keys(formats) as readonly FormatType[];
