import { ArchiveError } from '../archive/index.ts';

export function damagedXz(message: string, offset: number): ArchiveError {
  const fix = 'Build and upload the file again.';
  return new ArchiveError(
    { code: 'BAD_HEADER', message: `The xz file is damaged: ${message}.`, fix },
    offset,
  );
}

export function wrongSum(message: string, offset: number): ArchiveError {
  const fix = 'Build and upload the file again.';
  return new ArchiveError({ code: 'BAD_CHECKSUM', message, fix }, offset);
}

export function unsupportedXz(message: string, offset: number): ArchiveError {
  const fix = 'Compress it with xz’s usual settings (xz -0 to -9, no filters), or as zip or gzip.';
  return new ArchiveError({ code: 'UNSUPPORTED', message, fix }, offset);
}
